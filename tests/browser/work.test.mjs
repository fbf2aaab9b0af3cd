/** Leads and bookings on the page at `/`: set up, made in the chat by clicks and words, seen, answered and deleted. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { account, api, baseUrl, secret } from "../lib/world.mjs";
import { button, checkAccess, checkFits, logIn, pictures, say, withPage } from "./fixture.mjs";

const here = { locale: "en-GB", timezoneId: "Europe/Berlin", viewport: { width: 1440, height: 900 } };
const view = (page, name) => page.getByRole("navigation", { name: "Parts of this page" }).getByRole("link", { name, exact: true });

const lastAnswer = (page) => page.locator('[data-from="agent"]').last();

/** Clicks what the last answer offers and waits for the next one to be whole. */
async function choose(page, name) {
  const answers = page.locator('[data-from="agent"]');
  const count = await answers.count();
  await lastAnswer(page).getByRole("button", { name, exact: typeof name === "string" }).first().click();
  await answers.nth(count).waitFor();
  await button(page, "Ask").waitFor();
}

async function look(page, name) {
  await checkAccess(page);
  await checkFits(page);
  await page.screenshot({ path: `${pictures}${name}.png`, fullPage: true });
}

test("set up, book and leave details in the chat, see both, answer them", async () => {
  await withPage(here, async ({ page, context, expectRefusal }) => {
    await logIn(page, expectRefusal);
    secret((await context.cookies())[0].value);

    // Before anything is set up, each view says what it is for and where to begin.
    await view(page, "Bookings").click();
    await page.getByText("No bookings in this week.").waitFor();
    await look(page, "bookings-empty");
    await view(page, "Leads").click();
    await page.getByText("Nobody has left their details yet.").waitFor();
    await look(page, "leads-empty");
    await button(page, "Set up the lead form").click();

    // The lead form: refused with the reason, mended, put in order by the keyboard.
    await page.getByLabel("Take leads").check();
    for (const question of ["Name", "E-mail", "Phone"]) {
      await button(page, `Delete “${question}”`).click();
    }
    expectRefusal(400, /lead_form/);
    await button(page, "Save lead form").click();
    await page.getByRole("alert").waitFor();
    await button(page, "Ask for name and e-mail").click();
    await button(page, "Add a question").click();
    await page.keyboard.type("Topic");
    await page.getByLabel("Kind of answer").last().selectOption("select");
    await page.getByLabel("Choices, one a line").last().fill("Prices\nPrices");
    expectRefusal(400, /lead_form/);
    await button(page, "Save lead form").click();
    await page.locator("textarea[name=options][aria-invalid=true]").waitFor();
    await page.getByLabel("Choices, one a line").last().fill("Prices\nDelivery");
    const up = button(page, "Move “Topic” up");
    await up.focus();
    await page.keyboard.press("Enter");
    assert.ok(await up.evaluate((one) => one === document.activeElement), "the keyboard stays on the button");
    await button(page, "Move “Topic” down").click();
    await button(page, "Save lead form").click();
    await page.getByText("Saved.").first().waitFor();
    assert.deepEqual(await page.getByLabel("What is asked").evaluateAll((all) => all.map((one) => one.value)), ["Your name", "Your e-mail address", "Topic"]);

    // Who is booked, with hours on every day, and a service.
    await button(page, "Add a person or thing").click();
    await page.keyboard.type("Maria");
    for (const day of ["Saturday", "Sunday"]) {
      await button(page, `Add hours on ${day}`).click();
    }
    await button(page, "Add hours on Monday").click();
    await page.getByLabel("Monday, from").last().fill("16:00");
    expectRefusal(400, /resources/);
    await button(page, "Save").click();
    await page.locator('[aria-label="Monday, from"][aria-invalid=true]').waitFor();
    await button(page, "Remove Monday, 16:00 to 20:00").click();
    await button(page, "Save").click();
    await page.getByText("Mon–Sun 09:00–17:00").waitFor();
    await button(page, "Add a service").click();
    await page.keyboard.type("Consultation");
    assert.ok(await page.getByRole("checkbox", { name: "Maria" }).isChecked());
    await page.getByRole("checkbox", { name: "Maria" }).uncheck();
    expectRefusal(400, /services/);
    await button(page, "Save service").click();
    await page.locator("input[name=resource_ids][aria-invalid=true]").waitFor();
    await page.getByRole("checkbox", { name: "Maria" }).check();
    await page.getByLabel("New bookings").selectOption("manual");
    await look(page, "setup-service");
    await button(page, "Save service").click();
    await button(page, "Edit “Consultation”").waitFor();
    await look(page, "setup");

    // A visitor books by clicks.
    await view(page, "Start").click();
    await say(page, "I would like to book an appointment");
    const old = page.locator('[data-from="agent"]').nth(0);
    await choose(page, /with Maria|\d:\d\d/);
    assert.equal(await old.getByRole("button", { name: "Stop" }).getAttribute("aria-disabled"), "true");
    await say(page, "Grace Hopper, grace@example.com");
    await choose(page, "Yes");
    const card = lastAnswer(page).getByRole("region", { name: "Booking" });
    await card.getByText("To be confirmed").waitFor();
    await card.getByText("Europe/Berlin").waitFor();
    const file = await page.request.get(new URL(await card.getByRole("link", { name: "Add to your calendar" }).getAttribute("href"), baseUrl).href);
    assert.match(await file.text(), /^BEGIN:VCALENDAR\r\n/);
    await look(page, "chat-booked");

    // The operator sees it in its week, confirms and cancels it.
    await view(page, "Bookings").click();
    await page.getByRole("heading", { name: "Bookings" }).waitFor();
    await page.getByText("Times are in your zone").waitFor();
    const item = page.getByRole("listitem").filter({ has: page.getByText("Grace Hopper") }).last();
    if ((await item.count()) === 0) {
      await button(page, "Next week").click();
    }
    await item.getByText("Consultation").waitFor();
    await item.getByText("Maria").waitFor();
    await look(page, "bookings");
    await item.getByRole("button", { name: /^Confirm/ }).click();
    await item.getByText("Confirmed").waitFor();
    await item.getByRole("button", { name: /^Cancel booking/ }).click();
    await button(page.getByRole("dialog"), "Keep it").click();
    await item.getByRole("button", { name: /^Cancel booking/ }).click();
    await button(page.getByRole("dialog"), "Cancel booking").click();
    await item.getByText("Cancelled").waitFor();

    // Another visitor leaves details in words of their own.
    await view(page, "Start").click();
    await button(page, "New conversation").click();
    await say(page, "Please call me back about an offer");
    await say(page, "I'm Bob Jones, my mail is bob at example dot org");
    await choose(page, "Prices");
    await choose(page, "Yes");
    await look(page, "chat-lead");

    // The operator reads them, with the words that they came from.
    await view(page, "Leads").click();
    const lead = page.getByRole("listitem").filter({ has: button(page, "Bob Jones") });
    await button(lead, "Bob Jones").click();
    await lead.locator("mark").nth(2).waitFor();
    assert.deepEqual(await lead.locator("mark").allTextContents(), ["Bob Jones", "bob at example dot org", "Prices"]);
    await look(page, "leads");
    await lead.getByLabel("Status").selectOption("contacted");
    await page.getByRole("status").filter({ hasText: "The status is now “Contacted”." }).waitFor();
    await lead.getByLabel("New note").fill("Called, wants an offer.");
    await button(lead, "Add note").click();
    await lead.getByText("Called, wants an offer.").waitFor();
    const table = await page.request.get(new URL(await page.getByRole("link", { name: "Download as CSV" }).getAttribute("href"), baseUrl).href);
    assert.match(await table.text(), /bob@example\.org/);

    // A reload finds the view and what was changed; the deleted lead is gone.
    await page.reload();
    await button(lead, "Bob Jones").click();
    await lead.getByText("Called, wants an offer.").waitFor();
    assert.equal(await lead.getByLabel("Status").inputValue(), "contacted");
    await button(lead, "Delete lead").click();
    await button(page.getByRole("dialog"), "Delete lead").click();
    await button(page, "Bob Jones").waitFor({ state: "detached" });
    await button(page, "Grace Hopper").waitFor();
  });
});

const long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenschrankschlüsselanhänger";

/** A pending booking of tomorrow and a lead, with texts that hardly fit. */
async function seed() {
  const { services } = (await api("GET", `/v1/booking/services/${account.projectId}`)).data;
  const from = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const to = new Date(Date.now() + 72 * 3_600_000).toISOString();
  const slots = await api("GET", `/v1/booking/slots/${account.projectId}?${new URLSearchParams({ serviceId: services[0].service_id, from, to, limit: "1" })}`);
  const { start } = slots.data.slots[0];
  await api("POST", `/v1/booking/bookings/${account.projectId}`, {
    service_id: services[0].service_id,
    start,
    name: `Ana ${long}`,
    email: "ana@example.com",
    timezone: "America/New_York",
  });
  await api("POST", `/v1/ai-agent/leads/${account.projectId}/${account.chatbotId}`, {
    values: { name: `Ana ${long}`, email: `ana.${"long".repeat(12)}@example.com` },
    page_url: `https://shop.example/${long}/${long}`,
    notes: [`${long} ${long}`],
  });
  return new Date(start);
}

const looks = [
  ["phone", 390, 844],
  ["tablet", 820, 1180],
  ["desktop", 1440, 900],
];
test("leads, bookings and set-up look right at three widths, in both themes, mirrored", async () => {
  const start = await seed();
  for (const [name, width, height] of looks) {
    for (const colorScheme of ["light", "dark"]) {
      const options = { timezoneId: "Europe/Berlin", viewport: { width, height }, colorScheme, hasTouch: name === "phone", isMobile: name === "phone" };
      await withPage(options, async ({ page, expectRefusal }) => {
        await logIn(page, expectRefusal);
        const lookAt = async (what) => {
          await look(page, `${what}-${name}-${colorScheme}`);
          await page.evaluate(() => (document.documentElement.dir = "rtl"));
          await look(page, `${what}-${name}-${colorScheme}-rtl`);
          await page.evaluate(() => (document.documentElement.dir = "ltr"));
        };
        await view(page, "Leads").click();
        const lead = page.getByRole("button", { name: `Ana ${long}` });
        await lead.click();
        await page.getByText("Notes").waitFor();
        await lookAt("leads");
        await view(page, "Bookings").click();
        await page.getByText("Times are in your zone").waitFor();
        if (mondayOf(start) !== mondayOf(new Date())) {
          await button(page, "Next week").click();
        }
        await page.getByText("For the visitor:").waitFor();
        await lookAt("bookings");
        await view(page, "Set-up").click();
        await button(page, "Edit “Maria”").click();
        await button(page, "Edit “Consultation”").click();
        await lookAt("setup");
      });
    }
  }
});

/** The day on which a moment's week begins, in Berlin. */
function mondayOf(moment) {
  const day = new Date(`${moment.toLocaleDateString("sv-SE", { timeZone: "Europe/Berlin" })}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}
