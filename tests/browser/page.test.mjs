/** The page at `/`, as a person uses it, from an empty server to a cited answer and out again. */

import assert from "node:assert/strict";
import { execFile as execFileWithCallback } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { baseUrl, secret } from "../lib/world.mjs";
import { button, checkAccess, checkFits, pictures, say, withPage } from "./fixture.mjs";

const email = "ada@example.com";
const password = secret("seven quiet lanterns");
const hours = `# Visit us

## Opening hours

We are open from 9 am to 6 pm on weekdays. On Saturdays the shop closes at noon. Café Zürich 世界 is next door.
`;
const returns = "<!doctype html><title>Returns</title><h1>Returns</h1><p>Unused goods may be sent back within 30 days.</p>";

const execFile = promisify(execFileWithCallback);
const samples = [
  ["From your server, whole answer", ["bash", "-c"]],
  ["From your server, streamed", ["bash", "-c"]],
  ["From a web page, with a one-hour token", ["node", "--input-type=module", "-e"]],
];

test("sign up, find the key, teach a text and a file, ask, read the quote, delete, log out", async () => {
  await withPage({}, async ({ page, context, expectRefusal }) => {
    expectRefusal(401, /^\/v1\/auth\/me$/);
    await page.goto(baseUrl);
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await checkAccess(page);

    // The browser's own checks, beside the fields, the first one focused.
    await button(page, "Create account").click();
    const address = page.getByLabel("E-mail");
    assert.equal(await address.getAttribute("aria-invalid"), "true");
    assert.ok(await address.evaluate((one) => one === document.activeElement));

    // A refusal of the server, beside the field that it names.
    await address.fill(email);
    await page.getByLabel("Password").fill("password12");
    await page.getByLabel("Company").fill("Lantern & Sons");
    expectRefusal(400, /^\/v1\/auth\/signup$/);
    await button(page, "Create account").click();
    await page.locator('input[name="password"][aria-invalid="true"]').waitFor();

    await page.getByLabel("Password").fill(password);
    await button(page, "Create account").click();
    await page.getByRole("heading", { name: "Your agent" }).waitFor();
    await page.getByText("Lantern & Sons").first().waitFor();

    // The key: hidden until the password is entered again.
    await button(page, "Show key").click();
    await page.getByLabel("Your password").fill("not the password");
    expectRefusal(403, /primary\/reveal$/);
    await button(page, "Show it").click();
    await page.getByRole("alert").or(page.locator('[aria-invalid="true"]')).first().waitFor();
    await page.getByLabel("Your password").fill(password);
    await button(page, "Show it").click();
    const key = secret(await page.getByLabel("Primary API key", { exact: true }).textContent());
    assert.match(key, /^rbf_live_\w+$/);
    await button(page, "Hide key").click();
    assert.equal(await page.getByText(key).count(), 0);

    // Teach a text and a file; a file of the wrong kind is refused by name.
    await page.getByText("Nothing yet.").waitFor();
    await page.getByLabel("Text", { exact: true }).fill(hours);
    await page.getByLabel("Name of the text").fill("opening hours.md");
    await button(page, "Add text").click();
    await button(page, "Open “opening hours.md”").waitFor();
    await page.getByLabel("Files").setInputFiles({ name: "returns.html", mimeType: "text/html", buffer: Buffer.from(returns) });
    await button(page, "Open “returns.html”").waitFor();
    expectRefusal(415, /upload_file/);
    await page.getByLabel("Files").setInputFiles({ name: "setup.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\x90\0\x03\0\0\0") });
    await page.getByText("“setup.exe” was not added.").first().waitFor();
    await button(page, "Dismiss the message about “setup.exe”").click();

    // Ask: a streamed answer in the words of the source.
    await say(page, "When are you open on weekdays?");
    const answer = page.locator('[data-from="agent"]').nth(0);
    await answer.getByText("9 am to 6 pm").waitFor();
    await answer.getByRole("button", { name: /opening hours\.md/ }).first().click();
    const dialog = page.getByRole("dialog");
    const mark = dialog.locator("mark");
    await mark.waitFor();
    const quote = await mark.textContent();
    assert.ok(hours.includes(quote), `the marked quote stands in the text that was taught: ${quote}`);
    assert.match(await answer.textContent(), /9 am to 6 pm/);
    await checkAccess(page, { rules: { region: { enabled: false } } });
    await page.screenshot({ path: `${pictures}source.png` });
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await say(page, "How long may goods be sent back?");
    await page.locator('[data-from="agent"]').last().getByText("30 days").waitFor();
    await checkAccess(page);
    await checkFits(page);
    await page.screenshot({ path: `${pictures}home.png`, fullPage: true });

    // The samples work as they stand, given the key.
    for (const [title, tool] of samples) {
      const code = await page.getByRole("region", { name: title, includeHidden: true }).textContent();
      const { stdout } = await execFile(tool[0], [...tool.slice(1), code], { env: { ...process.env, ROBOFY_API_KEY: key } });
      assert.match(stdout, /9 am to 6 pm/, title);
    }

    // Delete the text: the list, the answers and the old citation all tell the truth.
    await button(page, "Delete “opening hours.md”").click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await button(page, "Delete “opening hours.md”").click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await button(page, "Open “opening hours.md”").waitFor({ state: "detached" });
    await say(page, "When are you open on weekdays?");
    assert.doesNotMatch(await page.locator('[data-from="agent"]').last().textContent(), /9 am/);
    expectRefusal(404, /\/text$/);
    await answer.getByRole("button", { name: /opening hours\.md/ }).first().click();
    await page.getByText("This source has been deleted.").waitFor();
    assert.equal(await page.getByRole("dialog").locator("mark").textContent(), quote);
    await page.keyboard.press("Escape");

    secret((await context.cookies())[0].value);

    // A reload finds the session; logging out ends it.
    await page.reload();
    await button(page, "Open “returns.html”").waitFor();
    await button(page, "Log out").click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    expectRefusal(401, /^\/v1\/auth\/me$/);
    await page.reload();
    await page.getByRole("heading", { name: "Log in" }).waitFor();

    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("not the password");
    expectRefusal(401, /^\/v1\/auth\/login$/);
    await button(page, "Log in").click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill(password);
    await button(page, "Log in").click();
    await button(page, "Open “returns.html”").waitFor();
  });
});
