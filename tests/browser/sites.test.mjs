/** Websites and files on the page at `/`: a site is learnt while one looks on, and asked about; files come by drag and drop. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { account, api, baseUrl } from "../lib/world.mjs";
import { button, checkAccess, checkFits, logIn, pictures, say, withPage } from "./fixture.mjs";
import { startSite } from "./site.mjs";

const site = await startSite();
const folder = mkdtempSync(join(tmpdir(), "robofy-drop-"));
after(() => {
  site.stop();
  rmSync(folder, { recursive: true, force: true });
});

const desktop = { viewport: { width: 1440, height: 900 } };
const shown = `${site.address}/`;
const runs = (page) => page.getByRole("listitem").filter({ has: page.getByRole("link", { name: shown, exact: true }) });
const learn = async (page, address) => {
  await page.getByLabel("Web address").fill(address);
  await button(page, "Learn website").click();
};
const told = (page, text) => page.getByRole("status").filter({ hasText: text }).waitFor();
const present = async () => (await api("GET", `/v1/ai-agent/crawl_status/${account.projectId}/${account.chatbotId}`)).data.runs;
const look = async (page, name) => {
  await checkAccess(page);
  await checkFits(page);
  await page.screenshot({ path: `${pictures}${name}.png`, fullPage: true });
};

test("learn a website: refused, under way, read with a failure, asked about, read again, cancelled", async () => {
  await withPage({ ...desktop, hosts: [site.address] }, async ({ page, context, expectRefusal }) => {
    await logIn(page, expectRefusal);

    // What is wrong is said beside the field that it is about, also in the closed part of the form.
    await button(page, "Learn website").click();
    await page.locator("input[name=start_urls][aria-invalid=true]").waitFor();
    expectRefusal(400, /crawl_website/);
    await learn(page, "ftp://example.com");
    await page.locator("input[name=start_urls][aria-invalid=true]").waitFor();
    assert.ok(await page.getByLabel("Web address").evaluate((one) => one === document.activeElement));
    assert.equal(await page.getByLabel("Most pages").isVisible(), false);
    await page.getByLabel("Most pages").evaluate((one) => (one.value = "0"));
    await learn(page, shown);
    assert.ok(await page.getByLabel("Most pages").evaluate((one) => one === document.activeElement));
    await page.getByLabel("Most pages").fill("50");

    // Under way: the last page of the site does not answer yet.
    site.hold();
    await learn(page, ` ${shown} `);
    const run = runs(page).first();
    await run.getByText("Being read").waitFor();
    await told(page, "is being read.");
    await run.getByText("3 read", { exact: true }).waitFor();
    await run.getByText("1 failed", { exact: true }).waitFor();
    const bar = run.getByRole("progressbar", { name: `Reading ${shown}` });
    assert.equal(await bar.getAttribute("aria-valuetext"), "4 of 5 pages so far");
    expectRefusal(409, /crawl_website/);
    await learn(page, site.address);
    await page.getByText("This website is being read now.").waitFor();
    await look(page, "site-reading");

    // A file beside it; and what is under way is found again after a reload.
    await page.getByLabel("Files").setInputFiles({ name: "parking.txt", mimeType: "text/plain", buffer: Buffer.from("Parking is free behind the house.") });
    await button(page, "Open “parking.txt”").waitFor();
    await page.reload();
    await bar.waitFor();
    await run.getByText("3 read", { exact: true }).waitFor();

    // It ends while one looks on: numbers, reasons, sources.
    const failures = run.getByText("1 page could not be read");
    await failures.click();
    site.release();
    await told(page, "has been read: 4 pages read, 1 failed.");
    await bar.waitFor({ state: "hidden" });
    await run.getByText("Read", { exact: true }).waitFor();
    await run.getByText("5 found", { exact: true }).waitFor();
    await run.getByText("4 read", { exact: true }).waitFor();
    await run.getByRole("link", { name: `${site.address}/gone` }).waitFor();
    await run.getByText("There is nothing at this address (status 404).").waitFor();
    const [truth] = await present();
    assert.deepEqual([truth.pages_found, truth.pages_crawled, truth.pages_failed], [5, 4, 1]);
    const source = button(page, `Open “${site.address}/visit/hours”`);
    await source.waitFor();
    await page.getByRole("listitem").filter({ has: source }).getByText("Web page").waitFor();
    await look(page, "site-read");

    // The answer quotes the page, and its link leads there.
    await say(page, "How long may lanterns be sent back?");
    const answer = page.locator('[data-from="agent"]').last();
    await answer.getByText("45 days").waitFor();
    await answer.getByRole("button", { name: `${site.address}/goods/returns` }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("mark").getByText("45 days").waitFor();
    await checkAccess(page, { rules: { region: { enabled: false } } });
    const opened = context.waitForEvent("page");
    await dialog.getByRole("link", { name: "Open the page" }).click();
    const other = await opened;
    await other.getByRole("heading", { name: "Returns" }).waitFor();
    assert.equal(other.url(), `${site.address}/goods/returns`);
    await other.close();
    await page.keyboard.press("Escape");
    await source.click();
    assert.equal(await dialog.getByRole("link", { name: "Open the page" }).getAttribute("href"), `${site.address}/visit/hours`);
    await page.keyboard.press("Escape");

    // Read again, by the keyboard; then cancelled.
    site.hold();
    await button(page, `Read again: ${shown}`).focus();
    await page.keyboard.press("Enter");
    await runs(page).nth(1).waitFor();
    const cancel = button(page, `Cancel: ${shown}`);
    await cancel.waitFor();
    assert.ok(await cancel.evaluate((one) => one === document.activeElement), "the keyboard goes on at the new run");
    await page.keyboard.press("Enter");
    await told(page, /stops\.|was cancelled/);
    site.release();
    await run.getByText("Cancelled").waitFor();
    const again = button(page, `Read again: ${shown}`);
    assert.equal(await again.count(), 1, "only the newest run of a site can be read again");
    assert.ok(await again.evaluate((one) => one === document.activeElement), "the keyboard is not lost with the button");

    // Changed: every week from now on, and no story.
    await button(page, `Change: ${shown}`).click();
    assert.equal(await page.getByLabel("Web address").inputValue(), shown);
    assert.equal(await page.getByLabel("Most pages").inputValue(), "50");
    await page.getByLabel("Read again by itself").selectOption("Every week");
    await page.getByLabel("Not these addresses").fill("/slow\n\n/goods/*");
    await button(page, "Learn website").click();
    await runs(page).nth(2).waitFor();
    await run.getByText("Read", { exact: true }).waitFor();
    await run.getByText("Read again every week").waitFor();
    await button(page, `Open “${site.address}/goods/returns”`).waitFor({ state: "detached" });
    await again.click();
    await runs(page).nth(3).waitFor();
    await run.getByText("Read", { exact: true }).waitFor();
    const [last, ...older] = await present();
    assert.deepEqual([last.recrawl_every_hours, last.max_crawl_pages, last.exclude_urls], [168, 50, ["/slow", "/goods/*"]]);
    assert.equal(older.length, 3);
  });
});

test("an address where no website answers is told with the reason", async () => {
  const plain = await startSite(); // Without a scheme `https` is meant, and it speaks only `http`.
  const { host } = new URL(plain.address);
  try {
    await withPage(desktop, async ({ page, expectRefusal }) => {
      await logIn(page, expectRefusal);
      await learn(page, host);
      const run = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: host, exact: true }) }).first();
      await run.getByText("Failed", { exact: true }).waitFor({ timeout: 30_000 });
      await run.getByText("No page could be read.").waitFor();
      await told(page, "could not be read:");
      await look(page, "site-failed");
    });
  } finally {
    plain.stop();
  }
});

/** Drops files and folders of this machine on the place for files, as a file manager does. */
async function drop(page, ...paths) {
  const zone = page.getByLabel("Files").locator("..");
  await zone.scrollIntoViewIfNeeded();
  const box = await zone.boundingBox();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: box.x + box.width / 2, y: box.y + 12, data });
  }
  await session.detach();
}

test("files and a folder by drag and drop: each has its line, what is refused stays with its reason", async () => {
  const path = (name) => join(folder, name);
  writeFileSync(path("delivery.md"), "# Delivery\n\nParcels leave the harbour every Tuesday.\n");
  writeFileSync(path("machine.bin"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0, 0, 0]));
  mkdirSync(path("docs/deep"), { recursive: true });
  writeFileSync(path("docs/.hidden.txt"), "Not for anybody.");
  writeFileSync(path("docs/photo.jpg"), "no photo");
  writeFileSync(path("docs/deep/care.txt"), "Brass is cleaned with lemon and salt.");
  for (let number = 1; number <= 30; number += 1) {
    writeFileSync(path(`docs/part-${number}.txt`), `Part ${number} of the lantern is made of brass number ${number * 7}.`);
  }
  await withPage(desktop, async ({ page, expectRefusal }) => {
    await logIn(page, expectRefusal);

    // Two files, one of which no agent can read.
    expectRefusal(415, /upload_file/);
    await drop(page, path("delivery.md"), path("machine.bin"));
    await button(page, "Open “delivery.md”").waitFor();
    const refused = page.getByRole("listitem").filter({ has: button(page, "Dismiss the message about “machine.bin”") });
    await refused.waitFor();
    await told(page, "1 file was added, 1 was not.");
    const reason = await refused.textContent();
    assert.match(reason, /^“machine\.bin” was not added\. .{10,}/);
    await look(page, "files-refused");

    // A folder of many: all in turn, hidden files not at all, other kinds counted.
    await drop(page, path("docs"));
    await page.getByText("1 file of other kinds in the folder was left out.").first().waitFor();
    await page.getByText("waits for its turn.").first().waitFor();
    await told(page, "31 files were added.");
    await page.getByLabel("Find a source").fill("part-");
    await button(page, "Open “part-30.txt”").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Open “part-/ }).count(), 30);
    await page.getByLabel("Find a source").fill("hidden");
    await page.getByText("No source is called anything like").waitFor();
    await button(page, "Clear the search").click();
    assert.ok(await refused.isVisible(), "the refusal has waited");
    await button(page, "Dismiss the message about “machine.bin”").click();
    await refused.waitFor({ state: "detached" });
    await say(page, "What is brass cleaned with?");
    await page.locator('[data-from="agent"]').last().getByText("lemon and salt").waitFor();

    // A file that misses its place does not replace the page.
    const session = await page.context().newCDPSession(page);
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await session.send("Input.dispatchDragEvent", { type, x: 20, y: 20, data: { items: [], files: [path("delivery.md")], dragOperationsMask: 1 } });
    }
    await page.getByRole("heading", { name: "Your agent" }).waitFor();
    assert.equal(new URL(page.url()).origin, baseUrl);
  });
});

const long = "donaudampfschifffahrtsgesellschaftskapitänsmützenschrankschlüsselanhänger".repeat(2);
const run = (number, more) => ({
  run_id: `00000000-0000-4000-8000-00000000000${number}`,
  status: "completed",
  start_urls: [`https://site-${number}.example/`],
  started_at: "2026-11-30 04:00:00",
  finished_at: "2026-11-30 04:10:00",
  pages_found: 1_234,
  pages_crawled: 1_200,
  pages_failed: 0,
  notice: null,
  errors: [],
  recrawl_every_hours: null,
  ...more,
});
const errors = [
  { url: `https://site-1.example/${encodeURIComponent(long)}?session=${"0123456789abcdef".repeat(12)}`, error: "The site answered with status 500." },
  { url: `https://site-1.example/${encodeURIComponent("ساعات-العمل")}`, error: "الصفحة غير موجودة" },
  ...Array.from({ length: 40 }, (_, at) => ({ url: `https://site-1.example/old/${at}`, error: "There is nothing at this address (status 404)." })),
];
const scripted = [
  run(5, { status: "crawling", finished_at: null, pages_found: 0, pages_crawled: 0 }),
  run(1, { status: "crawling", finished_at: null, pages_found: 2_000, pages_crawled: 812, pages_failed: 230, errors, recrawl_every_hours: 12 }),
  run(2, {
    start_urls: [`https://site-2.example/${encodeURIComponent(long)}/${encodeURIComponent("اتصل-بنا")}`, "https://shop.site-2.example/"],
    recrawl_every_hours: 168,
    notice: `More than half of this website is missing (700 of 1,200 pages), so nothing was removed. ${long}`,
  }),
  run(3, { status: "failed", pages_found: 1, pages_crawled: 0, pages_failed: 1, notice: "No page could be read. The site answered with status 503.", errors: errors.slice(0, 1) }),
  run(4, { status: "cancelled" }),
];

for (const [name, width, height] of [
  ["phone", 390, 844],
  ["tablet", 820, 1180],
  ["desktop", 1440, 900],
]) {
  test(`websites look right: ${name}, in both themes, mirrored`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      await withPage({ viewport: { width, height }, colorScheme, hasTouch: name === "phone", isMobile: name === "phone" }, async ({ page, expectRefusal }) => {
        await page.route(/\/crawl_status\//, (route) => route.fulfill({ json: { message: "Success", data: { runs: scripted, next_page_token: "older" } } }));
        await logIn(page, expectRefusal);
        await page.getByText("More settings").click();
        await page.getByText("230 pages could not be read").click();
        await page.getByText("42 of 230 are shown.").waitFor();
        assert.equal(await page.getByRole("progressbar").count(), 2);
        await look(page, `sites-${name}-${colorScheme}`);
        await page.evaluate(() => (document.documentElement.dir = "rtl"));
        await look(page, `sites-${name}-${colorScheme}-rtl`);
      });
    }
  });
}
