/**
 * The complete page of the guide, as it stands there, on another origin: it shakes hands, streams, and renews its token
 * before the hour is over.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { account, baseUrl, secret, teachText } from "../lib/world.mjs";
import { button, checkAccess, checkFits, pictures, withPage } from "./fixture.mjs";

const guide = readFileSync(new URL("../../docs/guide/browser.md", import.meta.url), "utf8");
const html = [
  ['"http://127.0.0.1:8080"', baseUrl],
  ['"your agent\'s id"', account.chatbotId],
  ['"your project\'s id"', account.projectId],
].reduce(
  (page, [placeholder, value]) => {
    assert.equal(page.split(placeholder).length, 2, `the page has ${placeholder} once`);
    return page.replace(placeholder, JSON.stringify(value));
  },
  /^```html test chat\.html\n(.*?)^```$/ms.exec(guide)[1].replace("<meta charset", '<link rel="icon" href="data:,"><meta charset'),
);

const host = createServer((_request, response) => response.setHeader("content-type", "text/html; charset=utf-8").end(html));
let origin;

before(async () => {
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  origin = `http://localhost:${host.address().port}`;
  await teachText("parking.md", "Parking is free behind the house. The gate closes at 22:00.");
});
after(() => host.close());

/** What the page asked for, by path, with what it sent. */
function watch(context) {
  const sent = [];
  context.on("request", (request) => {
    if (request.method() === "POST") {
      sent.push({ path: new URL(request.url()).pathname, body: request.postDataJSON(), token: request.headers().authorization });
    }
  });
  return (path) => sent.filter((one) => one.path === path);
}

const handshake = "/v1/ai-agent/handshake";
const stream = "/v1/ai-agent/chat/stream";

async function ask(page, question, expected) {
  await page.getByLabel("Your question").fill(question);
  await page.keyboard.press("Enter");
  await page.locator(".agent").last().getByText(expected).waitFor();
  await button(page, "Send").and(page.locator(":enabled")).waitFor();
}

test("the page shakes hands, streams, and goes on with the same conversation after the hour", async () => {
  await withPage({ hosts: [origin], viewport: { width: 390, height: 844 } }, async ({ page, context }) => {
    const sent = watch(context);
    await page.clock.install();
    const shaken = page.waitForResponse((response) => response.url().endsWith(handshake));
    await page.goto(origin);
    await (await shaken).finished();
    await ask(page, "Where can I park?", "behind the house");
    await page.getByText("From parking.md").waitFor();
    await checkFits(page);
    await checkAccess(page);
    await page.screenshot({ path: `${pictures}guide-chat.png` });
    assert.equal(sent(handshake).length, 1);
    assert.equal(sent(stream)[0].body.user_context.session_id, undefined);

    await page.clock.fastForward("58:30");
    assert.equal(sent(handshake).length, 1, "the token is still good");
    const renewed = page.waitForResponse((response) => response.url().endsWith(handshake));
    await page.clock.fastForward("00:31");
    const { token } = await (await renewed).json();
    assert.equal(sent(handshake).length, 2, "59 minutes are over");

    await ask(page, "When does the gate close?", "22:00");
    const [first, second] = sent(stream);
    const session = secret(second.body.user_context.session_id);
    assert.match(session, /^[0-9a-f-]{36}$/);
    assert.equal(sent(handshake)[1].body.session_id, session, "the renewal names the conversation");
    assert.equal(second.token, `Bearer ${token}`);
    assert.notEqual(second.token, first.token);

    // The next hour as well.
    await page.clock.fastForward("59:01");
    await ask(page, "Where can I park?", "behind the house");
    assert.equal(sent(handshake).length, 3);
    assert.equal(sent(stream)[2].body.user_context.session_id, session);
  });
});

test("a token that expired while the page slept is renewed, and the question asked again", async () => {
  await withPage({ hosts: [origin] }, async ({ page, context, expectRefusal }) => {
    const sent = watch(context);
    const body = { message: "Token Expired", error: { code: "TOKEN_EXPIRED", detail: "This client token's hour is over. Do a new handshake." } };
    await page.route(`**${stream}`, (route) => route.fulfill({ status: 401, json: body, headers: { "access-control-allow-origin": "*" } }), { times: 1 });
    expectRefusal(401, /chat\/stream$/);
    await page.goto(origin);
    await ask(page, "Where can I park?", "behind the house");
    assert.equal(sent(stream).length, 2);
    assert.notEqual(sent(stream)[0].token, sent(stream)[1].token);
  });
});

test("after a sleep the timer and a question share one handshake, and one renewal follows", async () => {
  await withPage({ hosts: [origin] }, async ({ page, context }) => {
    const sent = watch(context);
    await page.clock.install();
    const shaken = page.waitForResponse((response) => response.url().endsWith(handshake));
    await page.goto(origin);
    await (await shaken).finished();

    // The answer is held back until the question waits for a token too.
    let release;
    const released = new Promise((resolve) => (release = resolve));
    await page.route(`**${handshake}`, (route) => released.then(() => route.continue()));
    await page.clock.fastForward("02:00:00");
    await page.getByLabel("Your question").fill("Where can I park?");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "Answering…" }).waitFor();
    release();
    await page.locator(".agent").last().getByText("behind the house").waitFor();
    assert.equal(sent(handshake).length, 2);

    const renewed = page.waitForResponse((response) => response.url().endsWith(handshake));
    await page.clock.fastForward("59:01");
    await (await renewed).finished();
    await ask(page, "When does the gate close?", "22:00");
    assert.equal(sent(handshake).length, 3, "one chain of renewals");
  });
});

test("a screen reader hears that an answer is written and then all of it, once", async () => {
  await withPage({ hosts: [origin] }, async ({ page }) => {
    await page.goto(origin);
    assert.equal(await page.getByRole("log").getAttribute("aria-live"), "off");
    await page.evaluate(() => {
      const status = document.querySelector("#status");
      globalThis.heard = [];
      new MutationObserver(() => globalThis.heard.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
    });
    await ask(page, "When does the gate close?", "22:00");
    const answer = await page.locator(".agent").last().evaluate((one) => one.textContent);
    assert.deepEqual(await page.evaluate(() => globalThis.heard), ["Answering…", answer]);
    assert.ok((await page.getByRole("status").boundingBox()).width <= 1, "the answer is seen in the log only");
  });
});

test("what the server refuses is told in its words", async () => {
  await withPage({ hosts: [origin] }, async ({ page, expectRefusal }) => {
    await page.route(`**${stream}`, (route) => route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), pid: "1" }) }));
    expectRefusal(403, /chat\/stream$/);
    await page.goto(origin);
    await page.getByLabel("Your question").fill("Where can I park?");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: /token/i }).waitFor();
    await button(page, "Send").and(page.locator(":enabled")).waitFor();
  });
});
