/** The documentation that the program serves: guide and reference, at three widths, in both themes; a call tried from the page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { account, baseUrl } from "../lib/world.mjs";
import { button, checkAccess, checkFits, pictures, withPage } from "./fixture.mjs";

const pages = ["/docs", "/docs/plain", "/docs/guide", "/docs/guide/browser", "/docs/guide/errors", "/docs/guide/security"];
const looks = [
  ["phone", 390, 844],
  ["tablet", 820, 1180],
  ["desktop", 1440, 900],
];

async function openReference(page, place = "") {
  await page.goto(`${baseUrl}/docs${place}`);
  await page.getByRole("heading", { name: "Chat", exact: false }).first().waitFor();
}

for (const [name, width, height] of looks) {
  for (const colorScheme of ["light", "dark"]) {
    test(`reads well: ${name}, ${colorScheme}`, async () => {
      await withPage({ viewport: { width, height }, colorScheme, hasTouch: name === "phone", isMobile: name === "phone" }, async ({ page, context }) => {
        for (const path of pages) {
          const answer = await page.goto(baseUrl + path);
          assert.equal(answer.status(), 200);
          assert.equal(answer.request().redirectedFrom(), null, `${path} answers by itself`);
          if (path === "/docs") {
            await page.getByRole("heading", { name: "Chat", exact: false }).first().waitFor();
          }
          await checkFits(page);
          // The plain reference is one page of everything: axe looks at its rules once.
          if (path !== "/docs/plain" || (name === "desktop" && colorScheme === "light")) {
            await checkAccess(page);
          }
          await page.screenshot({ path: `${pictures}${path.slice(1).replaceAll("/", "-")}-${name}-${colorScheme}.png` });
          if (path.startsWith("/docs/guide")) {
            await page.evaluate(() => (document.documentElement.dir = "rtl"));
            await checkFits(page);
          }
        }
        assert.deepEqual(await context.cookies(), []);
      });
    });
  }
}

test("a language chosen once is chosen everywhere, by keyboard, and a sample is copied", async () => {
  await withPage({ permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
    await page.goto(`${baseUrl}/docs/guide`);
    await page.getByRole("radio", { name: "curl" }).first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    const shown = () => page.locator(".samples > figure").evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.dataset.language));
    assert.deepEqual([...new Set(await shown())], ["python"]);
    await page.goto(`${baseUrl}/docs/guide/errors`);
    assert.deepEqual([...new Set(await shown())], ["python"]);
    await page.locator(".samples > figure:visible").first().getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^import json\nimport os\nimport requests\n/);
  });
});

test("the guide reads without scripts, every sample to be seen by its own choice", async () => {
  await withPage({ javaScriptEnabled: false }, async ({ page }) => {
    await page.goto(`${baseUrl}/docs/guide`);
    await page.getByRole("radio", { name: "JavaScript" }).first().check();
    assert.ok(await page.locator('.samples > figure[data-language="js"]').first().isVisible());
    await page.goto(`${baseUrl}/docs`);
    await page.getByRole("link", { name: "plain reference" }).click();
    await page.getByRole("heading", { name: "Objects", exact: true }).first().waitFor();
  });
});

test("by keyboard: past the bar, through the dialog for keys and back, every section by its name", async () => {
  await withPage({ viewport: { width: 1440, height: 900 } }, async ({ page }) => {
    await openReference(page);
    const within = (selector) => page.evaluate((one) => document.activeElement.closest(one) !== null, selector);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.ok(await within("#reference"), "the bar was skipped");

    await button(page, "Authorize").focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Credentials" });
    await dialog.waitFor();
    for (let presses = 0; presses < 25; presses += 1) {
      await page.keyboard.press("Tab");
      // Between the last field and the first the focus is the browser's own.
      assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null));
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.ok(await button(page, "Authorize").evaluate((one) => one === document.activeElement));

    await button(page, "API keys").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "API keys", exact: true, expanded: true }).waitFor();
    await page.getByRole("button", { name: /List API keys/ }).first().waitFor();
  });
});

test("an address leads to an operation; what is optional is said and not filled in", async () => {
  await withPage({}, async ({ page }) => {
    await openReference(page, "#/Server/list_requests");
    await button(page, "Try it out").click();
    const operation = page.locator("#operations-Server-list_requests");
    await operation.getByText("Example: 4xx.").waitFor();
    await operation.getByText("Default: 50.").waitFor();
    const filled = await operation.getByRole("textbox").evaluateAll((all) => all.map((one) => one.value));
    assert.ok(filled.length > 5 && filled.every((value) => value === ""), filled.join());
    const served = await (await page.request.get(`${baseUrl}/openapi.json`)).json();
    assert.ok(served.paths["/v1/requests"].get.parameters.some(({ name, example }) => name === "status" && example === "4xx"));
  });
});

test("a filter shows what it finds, or says that there is nothing", async () => {
  await withPage({}, async ({ page }) => {
    await openReference(page);
    const filter = page.getByPlaceholder("Filter by tag or path");
    await filter.fill("/v1/requests");
    await page.getByRole("button", { name: /List requests/ }).first().waitFor();
    await filter.fill("no such thing");
    await page.getByRole("status").filter({ hasText: "Nothing matches." }).waitFor();
    assert.equal(await page.getByText("No operations defined").count(), 0);
    await checkAccess(page);
    await filter.fill("");
    await page.getByRole("button", { name: "Chat", exact: true, expanded: false }).waitFor();

    // So does it in a section that was opened and closed.
    const section = button(page, "Server");
    await section.click();
    await page.getByRole("button", { name: "Server", exact: true, expanded: true }).waitFor();
    await section.click();
    await page.getByRole("button", { name: "Server", exact: true, expanded: false }).waitFor();
    await filter.fill("/v1/requests");
    await page.getByRole("button", { name: /List requests/ }).first().waitFor();
  });
});

test("on a phone one sees what can be done next with an answer, and no empty line where nothing can", async () => {
  await withPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async ({ page }) => {
    page.setDefaultTimeout(30_000); // everything is drawn for a phone, which takes a busy machine a while
    await openReference(page, "#/Projects/create_project");
    const answers = page.locator("#operations-Projects-create_project .responses-table").first();
    await answers.getByText("Operation `update_project`").waitFor();
    assert.equal(await answers.getByText("No links").filter({ visible: true }).count(), 0);
    await checkFits(page);
    await checkAccess(page);
    await page.screenshot({ path: `${pictures}docs-links-phone.png`, fullPage: true });
  });
});

test("a slash at the end of an address leads to the page", async () => {
  await withPage({}, async ({ page }) => {
    for (const path of ["/docs", "/docs/guide", "/docs/guide/errors"]) {
      assert.equal((await page.goto(`${baseUrl}${path}/`)).url(), baseUrl + path);
    }
  });
});

test("an output stands below its samples, and no word of a first column is broken", async () => {
  await withPage({ viewport: { width: 375, height: 800 } }, async ({ page }) => {
    for (const path of ["/docs/guide", "/docs/guide/errors", "/docs/guide/security"]) {
      await page.goto(baseUrl + path);
      const languages = await page.locator(".choices").evaluateAll((all) => all.map((one) => one.innerText.split(/\s+/).filter(Boolean).join(" ")));
      assert.ok(languages.every((one) => /^(curl )?JavaScript Python$/.test(one)), languages.join("; "));
      const outputs = page.locator("figure", { has: page.getByText("Output", { exact: true }) });
      assert.ok((await outputs.count()) > 0);
      for (const output of await outputs.all()) assert.ok(await output.isVisible());
      await checkFits(page);
      const broken = await page.locator("td:first-child, th").evaluateAll((cells) =>
        cells.flatMap((cell) => {
          const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          const range = new Range();
          const found = [];
          while (walk.nextNode()) {
            for (const { 0: word, index } of walk.currentNode.data.matchAll(/\w+/g)) {
              range.setStart(walk.currentNode, index);
              range.setEnd(walk.currentNode, index + word.length);
              if (range.getClientRects().length > 1) found.push(word);
            }
          }
          return found;
        }),
      );
      assert.deepEqual(broken, [], path);
    }
  });
});

test("a call is tried from the reference, with a key that the page forgets", async () => {
  await withPage({ viewport: { width: 1440, height: 900 } }, async ({ page }) => {
    await page.goto(`${baseUrl}/docs`);
    await button(page, "Authorize").click();
    const dialog = page.getByRole("dialog", { name: "Credentials" });
    await checkAccess(page);
    assert.ok(await dialog.getByRole("textbox").first().evaluate((one) => one === document.activeElement));
    await dialog.getByRole("textbox").first().fill(account.apiKey);
    await dialog.getByRole("button", { name: "Authorize" }).first().click();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await page.locator("#operations-tag-Authentication").click();
    const operation = page.getByRole("button", { name: /Say who is calling/ }).first();
    await operation.click();
    assert.equal(new URL(page.url()).hash, "#/Authentication/who_am_i", "an operation has an address");
    await button(page, "Try it out").click();
    await checkAccess(page);
    await button(page, "Execute").click();
    await page.getByText("Server response").waitFor();
    await page.locator(".live-responses-table").getByText('"Primary"').waitFor();
    await checkFits(page);
    await page.screenshot({ path: `${pictures}docs-tried.png`, fullPage: true });
    assert.ok(!(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).includes("rbf_"));

    // Everything of an operation is reached by keyboard.
    await operation.focus();
    await page.keyboard.press("Enter");
    await button(page, "Execute").waitFor({ state: "detached" });
  });
});
