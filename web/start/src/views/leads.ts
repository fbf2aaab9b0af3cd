import "../styles/work.css";
import { getLeadForm, type LeadRow, leadsFile, listLeads } from "../api/leads.ts";
import type { Place } from "../api/robofy.ts";
import { shownValue, titleOf } from "../lead-text.ts";
import { fill, freshId, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { icon } from "../parts/icon.ts";
import { strings, time } from "../strings.ts";
import { leadPanel } from "./lead.ts";
import type { Show } from "./nav.ts";

const words = strings.leads;

/** What visitors read for a field, by the field's name; fields that the form has no more keep their names. */
export type Labels = Map<string, string>;

/** The agent's leads, the newest first; each opens in its place. */
export async function leadsView(place: Place, show: Show): Promise<HTMLElement> {
  const [form, first] = await Promise.all([getLeadForm(place), listLeads(place, null)]);
  const labels: Labels = new Map(form.fields.map((field) => [field.name, field.label]));
  const list = h("ul", { class: "rows" });
  const below = h("div");
  const heading = h("h2", { tabindex: -1 }, words.title);
  const toFile = h("a", { href: leadsFile(place), class: "button", download: true }, words.download);

  const settle = (): void => {
    const isEmpty = list.childElementCount === 0;
    list.hidden = isEmpty;
    toFile.hidden = isEmpty;
    if (isEmpty) {
      fill(below, nothing(show));
    }
  };
  const removed = (item: HTMLElement) => (): void => {
    const neighbour = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    settle();
    (neighbour?.querySelector("button") ?? heading).focus();
  };
  const add = (rows: LeadRow[], next: string | null): void => {
    list.append(...rows.map((row) => leadItem(place, row, labels, removed)));
    fill(below, next !== null && h("button", { type: "button", class: "button", on: { click: () => void more(next) } }, strings.more));
    settle();
  };
  const more = async (token: string): Promise<void> => {
    try {
      const page = await listLeads(place, token);
      const at = list.childElementCount;
      add(page.rows, page.next_page_token);
      list.children[at]?.querySelector("button")?.focus();
    } catch (error) {
      fill(below, errorPanel(error, () => void more(token)));
    }
  };
  add(first.rows, first.next_page_token);
  return h(
    "section",
    { class: "card", "data-pad": true },
    h("header", { class: "card-head" }, heading, toFile),
    h("p", { class: "about" }, words.about),
    list,
    below,
  );
}

const nothing = (show: Show): HTMLElement =>
  h(
    "div",
    { class: "stack" },
    h("p", { class: "empty" }, words.empty),
    h("div", {}, h("button", { type: "button", class: "button", on: { click: () => show("setup") } }, words.setUp)),
  );

function leadItem(place: Place, row: LeadRow, labels: Labels, removed: (item: HTMLElement) => () => void): HTMLElement {
  const panelId = freshId("lead");
  const title = titleOf(row.lead_data);
  const name = title === undefined ? words.nameless : shownValue(title);
  const others = row.lead_data.filter((one) => one !== title).slice(0, 3);
  const panel = h("div", { id: panelId, class: "lead-panel", hidden: true });
  const toggle = h(
    "button",
    { type: "button", class: "link disclosure", "aria-expanded": "false", "aria-controls": panelId, on: { click: () => open() } },
    icon("chevron"),
    h("bdi", { class: "wrap" }, name),
  );
  const item = h(
    "li",
    { class: "lead" },
    h(
      "div",
      { class: "row-main" },
      toggle,
      h(
        "p",
        { class: "fine facts-line" },
        ...others.map((one) => h("span", { class: "clip", dir: "auto" }, shownValue(one))),
        h("span", {}, words.source[row.source] ?? row.source),
        h("span", {}, time(row.created_at)),
      ),
    ),
    panel,
  );
  const open = (): void => {
    const isOpen = panel.hidden;
    panel.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    fill(panel, isOpen && leadPanel(place, row.id, name, labels, removed(item)));
  };
  return item;
}
