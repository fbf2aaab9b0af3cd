/**
 * One way to open a page in Chromium. A page fails its test when anything breaks its content policy, throws, writes
 * an error to the console or asks another host. Refusals that a test provokes are announced with `expectRefusal`.
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { account, baseUrl, secret } from "../lib/world.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const pictures = fileURLToPath(new URL("../../target/test-reports/browser/", import.meta.url));
mkdirSync(pictures, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"],
});
console.log(`Chromium ${browser.version()}`);
after(() => browser.close());

/** Opens `use` with a watched page; `hosts` are origins that it may talk to beside the server. */
export async function withPage(options, use) {
  const { hosts = [], ...contextOptions } = options;
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...contextOptions });
  const page = await context.newPage();
  const problems = [];
  const refusals = [];
  const allowed = new Set([baseUrl, ...hosts].map((one) => new URL(one).origin));

  context.setDefaultTimeout(10_000);
  await context.exposeBinding("tellViolation", (_source, text) => problems.push(`policy violation: ${text}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      globalThis.tellViolation(`${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample}`),
    );
  });
  page.on("pageerror", (error) => problems.push(`page error: ${error.stack}`));
  page.on("console", (message) => {
    if (message.type() !== "error") {
      return;
    }
    const { status, pathname } = refusalIn(message);
    const at = refusals.findIndex((one) => one.status === status && one.path.test(pathname));
    if (at === -1) {
      problems.push(`console: ${message.text()} (${message.location().url})`);
    } else {
      refusals.splice(at, 1);
    }
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && !allowed.has(url.origin)) {
      problems.push(`foreign request: ${request.method()} ${request.url()}`);
    }
  });

  // What a visitor's page is given must not be in the server's log either.
  context.on("response", async (response) => {
    if (response.request().method() === "POST" && response.url().endsWith("/v1/ai-agent/handshake") && response.ok()) {
      secret((await response.json()).token);
    }
  });

  const tools = {
    page,
    context,
    /** The next refusal of this path, by status or by the browser's "cors" and "failed", is meant; it must come. */
    expectRefusal: (status, path) => refusals.push({ status, path }),
  };
  try {
    await use(tools);
    (await context.cookies()).forEach((cookie) => secret(cookie.value));
    assert.deepEqual(problems, [], "the page must run without a violation, error or foreign request");
    assert.deepEqual(refusals, [], "a refusal that the test announced did not come");
  } catch (error) {
    await page.screenshot({ path: `${pictures}failure-${process.pid}-${Date.now()}.png` }).catch(() => undefined);
    throw problems.length === 0 ? error : new Error(`${error.message}\nThe page told:\n${problems.join("\n")}`, { cause: error });
  } finally {
    await context.close();
  }
}

/** The browser notes every refused request in the console; a test announces those that it provokes. */
function refusalIn(message) {
  const text = message.text();
  const blocked = /fetch at '([^']+)' .*blocked by CORS policy/.exec(text);
  if (blocked) {
    return { status: "cors", pathname: new URL(blocked[1]).pathname };
  }
  const { pathname } = new URL(message.location().url || "about:blank");
  const status = /responded with a status of (\d+)/.exec(text)?.[1];
  return { status: status === undefined && text.includes("net::ERR_FAILED") ? "failed" : Number(status), pathname };
}

/** Fails with what axe finds: WCAG 2.2 A and AA, and its best practices. */
export async function checkAccess(page, options = {}) {
  // Under Trusted Types only the debugger may bring a script in; `evaluate` is the debugger.
  await page.evaluate(axeSource);
  const result = await page.evaluate(
    (rules) => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], rules }),
    options.rules ?? {},
  );
  const found = result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  assert.deepEqual(found, [], "axe finds nothing");
  assert.ok(result.passes.length > 10, "axe looked at a real page");
}

/** Nothing sticks out of the window or of its card; only code and texts of sources scroll, in boxes of their own. */
export async function checkFits(page) {
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("section, main, header, dialog, li")]
      .filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0)
      .map((one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.scrollWidth} px in ${one.clientWidth}`),
  );
  assert.deepEqual(wide, []);
}

/** The button with exactly this name. */
export const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Asks the agent and waits until the answer is whole. */
export async function say(page, question) {
  await page.getByRole("textbox", { name: "Question" }).fill(question);
  await page.keyboard.press("Enter");
  await button(page, "Ask").waitFor();
}

/** Logs in to the account that `quickstart` made. */
export async function logIn(page, expectRefusal) {
  expectRefusal(401, /^\/v1\/auth\/me$/);
  await page.goto(baseUrl);
  await button(page, "I have an account already").click();
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await button(page, "Log in").click();
  await page.getByRole("heading", { name: "Your agent" }).waitFor();
}
