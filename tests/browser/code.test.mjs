/** The first sign-up on a server that others can reach: the page asks for the code that the server printed. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { baseUrl, secret } from "../lib/world.mjs";
import { button, checkAccess, withPage } from "./fixture.mjs";

test("the set-up code is asked for, refused when wrong, and opens the account when right", async () => {
  await withPage({}, async ({ page, expectRefusal }) => {
    expectRefusal(401, /^\/v1\/auth\/me$/);
    await page.goto(baseUrl);
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill(secret("seven quiet lanterns"));
    const code = page.getByLabel("Set-up code");
    assert.equal(await code.isVisible(), false);
    expectRefusal(403, /^\/v1\/auth\/signup$/);
    await button(page, "Create account").click();
    await code.waitFor();
    assert.ok(await code.evaluate((one) => one === document.activeElement), "the field that is asked for has the focus");
    await checkAccess(page);

    await code.fill("wrong");
    expectRefusal(403, /^\/v1\/auth\/signup$/);
    await button(page, "Create account").click();
    await page.getByRole("alert").waitFor();

    const printed = /^ *code +(\S+)/m.exec(readFileSync(process.env.TEST_LOG, "utf8"));
    assert.ok(printed, "the server printed the code");
    await code.fill(printed[1]);
    await button(page, "Create account").click();
    await page.getByRole("heading", { name: "Your agent" }).waitFor();
  });
});
