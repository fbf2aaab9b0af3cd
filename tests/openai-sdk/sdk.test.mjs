// The npm package `openai` reads the scripted provider.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";

import OpenAI from "openai";

const baseURL = process.env.PROVIDER_BASE_URL;
const client = new OpenAI({ baseURL, apiKey: "sk-test", maxRetries: 0, timeout: 3000 });
const usual = "We are open from nine.";
const messages = [{ role: "user", content: "When are you open?" }];
const { version } = JSON.parse(readFileSync(new URL("node_modules/openai/package.json", import.meta.url)));
console.log(`openai (npm) ${version} on Node ${process.version}`);

async function requests() {
  return (await fetch(baseURL.replace(/\/v1$/, "/requests"))).json();
}

async function stream(model, options) {
  const chunks = [];
  const question = { model, messages, stream: true, stream_options: { include_usage: true } };
  for await (const chunk of await client.chat.completions.create(question, options)) chunks.push(chunk);
  return chunks;
}

const text = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
const reason = (chunks) => chunks.map((chunk) => chunk.choices[0]?.finish_reason).find(Boolean);

test("a stream", async () => {
  const chunks = await stream("usual");
  assert.equal(text(chunks), usual);
  assert.equal(reason(chunks), "stop");
  assert.equal(chunks[0].choices[0].delta.role, "assistant");
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.deepEqual(chunks.at(-1).usage, { prompt_tokens: 21, completion_tokens: 6, total_tokens: 27 });
});

test("a stream, folded by the package's own helper", async () => {
  const run = client.chat.completions.stream({ model: "usual", messages, stream_options: { include_usage: true } });
  const whole = await run.finalChatCompletion();
  assert.equal(whole.choices[0].message.content, usual);
  assert.equal(whole.choices[0].finish_reason, "stop");
  assert.equal((await run.totalUsage()).total_tokens, 27);
});

test("the helper refuses an end without a reason, as we do", async () => {
  const run = client.chat.completions.stream({ model: "no-end", messages });
  await assert.rejects(run.finalChatCompletion(), /finish_reason/);
});

test("a document", async () => {
  const whole = await client.chat.completions.create({ model: "usual", messages });
  assert.equal(whole.choices[0].message.content, usual);
  assert.equal(whole.choices[0].finish_reason, "stop");
  assert.equal(whole.usage.total_tokens, 27);
});

test("it is asked as we ask", async () => {
  await stream("echo");
  const asked = (await requests()).requests.at(-1);
  assert.equal(asked.path, "/v1/chat/completions");
  assert.equal(asked.headers.authorization, "Bearer sk-test");
  assert.deepEqual(asked.body, { model: "echo", messages, stream: true, stream_options: { include_usage: true } });
});

for (const [model, wanted] of [["length", "length"], ["content-filter", "content_filter"]]) {
  test(`the reason ${wanted}`, async () => assert.equal(reason(await stream(model)), wanted));
}

for (const model of ["no-usage", "no-done", "thinks", "slow-first@300"]) {
  test(`what is optional: ${model}`, async () => {
    const chunks = await stream(model);
    assert.equal(text(chunks), usual);
    assert.equal(chunks.some((chunk) => chunk.usage), model !== "no-usage");
  });
}

const errors = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  404: OpenAI.NotFoundError,
  422: OpenAI.UnprocessableEntityError,
  429: OpenAI.RateLimitError,
  500: OpenAI.InternalServerError,
  503: OpenAI.InternalServerError,
};
for (const [status, kind] of Object.entries(errors)) {
  test(`the error ${status}`, async () => {
    await assert.rejects(stream(`error-${status}`), (error) => {
      assert.ok(error instanceof kind, error);
      assert.equal(error.status, Number(status));
      assert.equal(typeof error.code, "string");
      assert.match(error.message, /scripted/);
      return true;
    });
  });
}

for (const model of ["cut-first", "cut"]) {
  test(`a cut: ${model}`, async () => {
    await assert.rejects(stream(model), /terminated|Premature|closed|connection/i);
  });
}

test("an error within the stream", async () => {
  await assert.rejects(stream("stream-error"), /overloaded/);
});

for (const model of ["malformed", "malformed-first"]) {
  test(`broken JSON: ${model}`, async () => assert.rejects(stream(model), SyntaxError));
}

test("silence", async () => {
  await assert.rejects(stream("hang", { timeout: 500 }), OpenAI.APIConnectionTimeoutError);
});

test("its own retries", async () => {
  const before = (await requests()).requests.length;
  assert.equal(text(await stream("fail-2-then-ok", { maxRetries: 2 })), usual);
  assert.equal((await requests()).requests.length - before, 3);
});

test("aborting a stream is seen", async () => {
  const chunks = await client.chat.completions.create({ model: "tokens-1000@20", messages, stream: true });
  for await (const chunk of chunks) {
    if (chunk) break;
  }
  chunks.controller.abort();
  for (let tries = 0; tries < 500; tries += 1) {
    if ((await requests()).requests.at(-1).gone_ms !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("the provider did not see it");
});
