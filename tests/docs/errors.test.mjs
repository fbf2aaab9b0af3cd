/** What the guide says of errors: an hour that is over, as the server tells it, and the function that handles them all. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { block, read, root, samples } from "./documents.mjs";
import { ended, run, tools, withServer } from "./shell.mjs";

const guide = "docs/guide/errors.md";
const expired = JSON.parse(block(guide, "json expired"));

test("the guide tells an hour that is over as the server does", async () => {
  const clock = join(tools, "clock.so");
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", clock, join(root, "tests/introduction/clock.c")]);
  const shift = join(tools, "shift");
  writeFileSync(shift, new BigInt64Array([0n]));
  const client = `
    import { writeFileSync } from "node:fs";
    const { TEST_BASE_URL, TEST_PROJECT_ID, TEST_CHATBOT_ID, CLOCK_SHIFT_FILE } = process.env;
    const post = (path, body, token) => fetch(TEST_BASE_URL + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: "Bearer " + token }) },
      body: JSON.stringify(body),
    });
    const { token } = await (await post("/v1/ai-agent/handshake", { chatbot_id: TEST_CHATBOT_ID, project_id: TEST_PROJECT_ID, version: 2 })).json();
    writeFileSync(CLOCK_SHIFT_FILE, new BigInt64Array([3600n]));
    const question = { query: "Hello", pid: TEST_PROJECT_ID, chatbot_id: TEST_CHATBOT_ID, user_context: { platform: "web" } };
    const response = await post("/v1/ai-agent/chat", question, token);
    console.log(JSON.stringify([response.status, await response.json()]));`;
  const command = ["--env", `LD_PRELOAD=${clock}`, "--", process.execPath, "--input-type=module", "--eval", client];
  const { code, output } = await ended(spawn(withServer, command, { env: { ...process.env, CLOCK_SHIFT_FILE: shift } }));
  assert.equal(code, 0, output);
  assert.deepEqual(JSON.parse(output), [401, expired]);
});

test("the API reference shows the same errors as the guide", () => {
  const { responses } = JSON.parse(read("docs/openapi.json")).components;
  const example = (name) => responses[name].content["application/json"].example;
  assert.deepEqual(example("Unauthorized"), expired);
  assert.deepEqual(example("BadRequest"), samples(guide).find(({ prints }) => prints?.json !== undefined).prints.json);
});

const busy = { message: "Too Many Requests", error: { code: "RATE_LIMITED", detail: "Too many messages: try again in a second." } };

/** A server whose answers to questions are given beforehand; a token's number tells how many handshakes came before. */
async function scripted(answers) {
  const seen = { tokens: [], times: [] };
  let handshakes = 0;
  const server = createServer((request, response) => {
    const send = (status, body, headers = {}) => response.writeHead(status, { "content-type": "application/json", "x-request-id": "request-7", ...headers }).end(JSON.stringify(body));
    request.resume().on("end", () => {
      if (request.url === "/v1/ai-agent/handshake") {
        handshakes += 1;
        return send(200, { token: `token-${handshakes}`, expiresIn: 3600 });
      }
      seen.tokens.push(request.headers.authorization);
      seen.times.push(performance.now());
      return send(...answers[Math.min(seen.tokens.length, answers.length) - 1]);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { seen, baseUrl: `http://127.0.0.1:${server.address().port}`, close: () => server.close().closeAllConnections() };
}

const environment = { ROBOFY_CHATBOT_ID: "agent", ROBOFY_PROJECT_ID: "1" };
const calls = samples(guide).filter(({ content }) => content.includes("TOKEN_EXPIRED"));

test("the function for every call is there in three languages", () => {
  assert.deepEqual(calls.map(({ language }) => language), ["bash", "js", "python"]);
});

for (const call of calls) {
  test(`in ${call.language} it shakes hands when the hour is over, waits when it is asked to, and goes on`, async () => {
    const server = await scripted([[401, expired], [429, busy, { "retry-after": "1" }], [200, { message: "Success", data: { answer: "At nine." } }]]);
    const { code, output, printed } = await run([call], { baseUrl: server.baseUrl, environment });
    server.close();
    assert.equal(code, 0, output);
    assert.equal(printed(call).trim(), "At nine.");
    assert.deepEqual(server.seen.tokens, ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
    const [, second, third] = server.seen.times;
    assert.ok(third - second >= 990, `it waited ${third - second} ms`);
  });

  test(`in ${call.language} it gives up with the sentence that says what to do`, async () => {
    const endless = await scripted([[401, expired]]);
    const often = await run([call], { baseUrl: endless.baseUrl, environment });
    endless.close();
    assert.notEqual(often.code, 0, often.output);
    assert.equal(endless.seen.tokens.length, 3);
    assert.ok(often.output.includes(expired.error.detail) && often.output.includes("request-7"), often.output);

    const refusal = { message: "Forbidden", error: { code: "FORBIDDEN", detail: "This key may not." } };
    const refusing = await scripted([[403, refusal]]);
    const once = await run([call], { baseUrl: refusing.baseUrl, environment });
    refusing.close();
    assert.notEqual(once.code, 0, once.output);
    assert.equal(refusing.seen.tokens.length, 1);
    assert.ok(once.output.includes("This key may not."), once.output);
  });
}
