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
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^import requests\n/);
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
