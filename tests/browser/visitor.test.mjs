/**
 * A visitor's page on another origin. It knows the agent's public ids, gets a client token by the handshake and holds
 * nothing else: no key, no cookie. The agent was taught real pages, uploaded with the API key.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { account, api, baseUrl, cases, secret, teachFile } from "../lib/world.mjs";
import { withPage } from "./fixture.mjs";

const pages = ["lwn-1", "ehow-2", "google-sre-book-1"];
const questions = [
  ["When was Arduino LLC incorporated?", /2008/, "lwn-1.html"],
  ["What was the average cost of a graduation party in 2013?", /\$1,200/, "ehow-2.html"],
];

const policy = `default-src 'none'; script-src 'self'; connect-src ${baseUrl}; img-src data:; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

const markup = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,">
<main><h1>A shop</h1><div id="answer"></div><ol id="quotes"></ol></main><script type="module" src="/visitor.js"></script></html>`;

/** What the page's owner writes: a handshake, a question, and the events as they come. */
const script = `
const { base, chatbot_id, project_id } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const json = { "content-type": "application/json" };
const handshake = await fetch(base + "/v1/ai-agent/handshake", {
  method: "POST", headers: json, body: JSON.stringify({ chatbot_id, project_id, version: 2 }),
});
const { token, expiresIn } = await handshake.json();
window.expiresIn = expiresIn;

window.ask = async (query) => {
  const pieces = [];
  document.querySelector("#answer").textContent = "";
  document.querySelector("#quotes").replaceChildren();
  const response = await fetch(base + "/v1/ai-agent/chat/stream", {
    method: "POST",
    headers: { ...json, authorization: "Bearer " + token },
    body: JSON.stringify({ query, pid: project_id, chatbot_id, user_context: { platform: "web", page_url: location.href.split("#")[0] } }),
  });
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    rest += text;
    const events = rest.split("\\n\\n");
    rest = events.pop();
    for (const event of events) {
      if (!event.startsWith("data: {")) continue;
      const part = JSON.parse(event.slice("data: ".length));
      pieces.push(part);
      if (part.type === "text-delta") document.querySelector("#answer").append(part.delta);
      if (part.type === "data-citation") {
        const item = document.createElement("li");
        item.textContent = part.data.quote;
        document.querySelector("#quotes").append(item);
      }
    }
  }
  return { status: response.status, kind: response.headers.get("x-vercel-ai-ui-message-stream"), pieces };
};
window.reach = async (path) => (await fetch(base + path, { headers: { authorization: "Bearer " + token } })).status;
window.ready = true;
`;

const host = createServer((request, response) => {
  const isScript = request.url === "/visitor.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
  response.setHeader("content-security-policy", policy);
  response.end(isScript ? script : markup);
});
let origin;

before(async () => {
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  // Another port is another origin; another name as well keeps the cookies of one from the other.
  origin = `http://localhost:${host.address().port}`;
  for (const name of pages) {
    await teachFile(`${name}.html`, readFileSync(new URL(`html/${name}/source.html`, cases)));
  }
});
after(() => host.close());

test("streams a cited answer from a real page, with nothing but a client token", async () => {
  await withPage({ hosts: [origin] }, async ({ page, context }) => {
    const ids = new URLSearchParams({ base: baseUrl, chatbot_id: account.chatbotId, project_id: account.projectId });
    await page.goto(`${origin}/#${ids}`);
    await page.waitForFunction(() => globalThis.ready);
    assert.equal(await page.evaluate(() => globalThis.expiresIn), 3600);
    assert.deepEqual(await context.cookies(), [], "no cookie was set on either origin");

    for (const [question, expected, fileName] of questions) {
      const { status, kind, pieces } = await page.evaluate((query) => globalThis.ask(query), question);
      assert.equal(status, 200);
      assert.equal(kind, "v1", "the header is exposed to the page");
      assert.match(await page.locator("#answer").textContent(), expected);
      assert.equal(pieces.at(-1).type, "data-finish-reason");
      secret(pieces.find((part) => part.type === "data-session").data);

      // The quote stands where the citation says, in the stored text of the page that was uploaded.
      const citations = pieces.filter((part) => part.type === "data-citation").map((part) => part.data);
      assert.ok(citations.length > 0, "the answer is cited");
      assert.ok(citations.some((citation) => expected.test(citation.quote) && citation.file_name === fileName));
      for (const citation of citations) {
        const path = `/v1/ai-agent/assets/${account.projectId}/${citation.asset_id}/text?version=${citation.version}`;
        const { text } = (await api("GET", path)).data;
        assert.equal(Buffer.from(text).subarray(citation.start, citation.end).toString(), citation.quote);
      }
      assert.equal(await page.locator("#quotes li").count(), citations.length);
    }
  });
});

test("the token opens nothing else, not even from the page it was made for", async () => {
  await withPage({ hosts: [origin] }, async ({ page, expectRefusal }) => {
    const ids = new URLSearchParams({ base: baseUrl, chatbot_id: account.chatbotId, project_id: account.projectId });
    await page.goto(`${origin}/#${ids}`);
    await page.waitForFunction(() => globalThis.ready);
    // Other paths answer no preflight: the browser itself stops the page, and says so in the console.
    const closed = `/v1/ai-agent/chatbot/${account.projectId}`;
    expectRefusal("cors", new RegExp(`^${closed}$`));
    expectRefusal("failed", new RegExp(`^${closed}$`));
    const outcome = await page.evaluate((path) => globalThis.reach(path).catch((error) => error.name), closed);
    assert.equal(outcome, "TypeError");
  });
});
