/** The page at `/` for an account that is there already: by keyboard alone, at three widths, in both themes, mirrored. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { account, baseUrl, teachText } from "../lib/world.mjs";
import { button, checkAccess, checkFits, pictures, say, withPage } from "./fixture.mjs";

const { email, password } = account;

before(() => teachText("parking.md", "Parking is free behind the house. The gate closes at 22:00."));

test("the keyboard alone reaches teaching and asking", async () => {
  await withPage({}, async ({ page, expectRefusal }) => {
    expectRefusal(401, /^\/v1\/auth\/me$/);
    await page.goto(baseUrl);
    await page.getByRole("button", { name: "I have an account already" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Your agent" }).waitFor();

    const tabTo = async (locator) => {
      for (let step = 0; step < 60; step += 1) {
        if (await locator.evaluate((one) => one === document.activeElement)) {
          return;
        }
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab never came to ${locator}`);
    };
    await tabTo(page.getByLabel("Text", { exact: true }));
    await page.keyboard.type("Parking is free behind the house.");
    await tabTo(button(page, "Add text"));
    await page.keyboard.press("Enter");
    const row = button(page, "Open “Pasted text”");
    await row.waitFor();
    await tabTo(row);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByText("Parking is free").waitFor();
    await page.keyboard.press("Escape");
    assert.ok(await row.evaluate((one) => one === document.activeElement), "focus is back where it was");

    await tabTo(page.getByRole("textbox", { name: "Question" }));
    await page.keyboard.type("Where can I park?");
    await page.keyboard.press("Enter");
    await page.locator('[data-from="agent"]').last().getByText("behind the house").waitFor();
    await page.getByRole("status").filter({ hasText: "behind the house" }).waitFor();
  });
});

const looks = [
  ["phone", 390, 844],
  ["tablet", 820, 1180],
  ["desktop", 1440, 900],
];
for (const [name, width, height] of looks) {
  for (const colorScheme of ["light", "dark"]) {
    test(`looks right: ${name}, ${colorScheme}`, async () => {
      await withPage({ viewport: { width, height }, colorScheme, hasTouch: name === "phone", isMobile: name === "phone" }, async ({ page, expectRefusal }) => {
        expectRefusal(401, /^\/v1\/auth\/me$/);
        await page.goto(baseUrl);
        await page.getByRole("heading", { name: "Create your account" }).waitFor();
        await checkFits(page);
        await checkAccess(page);
        await page.screenshot({ path: `${pictures}welcome-${name}-${colorScheme}.png`, fullPage: true });
        await button(page, "I have an account already").click();
        await page.getByLabel("E-mail").fill(email);
        await page.getByLabel("Password").fill(password);
        await button(page, "Log in").click();
        await button(page, "Open “Pasted text”").waitFor();
        await say(page, "Where can I park?");
        await page.locator('[data-from="agent"]').last().getByText("behind the house").waitFor();
        await checkFits(page);
        await checkAccess(page);
        await page.evaluate(() => scrollTo(0, 0));
        await page.screenshot({ path: `${pictures}home-${name}-${colorScheme}.png`, fullPage: true });

        // The same page from right to left: nothing sticks out.
        await page.evaluate(() => (document.documentElement.dir = "rtl"));
        await checkFits(page);
        await checkAccess(page);
        await page.screenshot({ path: `${pictures}home-${name}-${colorScheme}-rtl.png`, fullPage: true });
      });
    });
  }
}
