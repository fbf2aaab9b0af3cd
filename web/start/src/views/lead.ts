import { deleteLead, getLead, type Lead, leadStatuses, type LeadStatus, type LeadValue, type SaidValue, updateLead } from "../api/leads.ts";
import type { Place } from "../api/robofy.ts";
import { shownValue } from "../lead-text.ts";
import { confirm } from "../parts/confirm.ts";
import { fill, freshId, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { strings, time } from "../strings.ts";
import { leadNotes } from "./lead-notes.ts";
import type { Labels } from "./leads.ts";

const words = strings.leads;

/** One lead: its values with the words that they were read from, consent, status and notes. */
export function leadPanel(place: Place, id: string, name: string, labels: Labels, removed: () => void): HTMLElement {
  const root = h("div", { class: "stack" });
  const load = async (): Promise<void> => {
    fill(root, h("p", { class: "loading" }, strings.loading));
    try {
      const lead = await getLead(place, id);
      fill(
        root,
        valueList(lead.lead_data, labels),
        history(lead.history ?? [], labels),
        facts(lead),
        statusChoice(place, lead),
        leadNotes(place, lead),
        h("div", { class: "last" }, h("button", { type: "button", class: "button", "data-danger": true, on: { click: askRemoval } }, words.remove)),
      );
    } catch (error) {
      fill(root, errorPanel(error, () => void load()));
    }
  };
  const askRemoval = (): void =>
    confirm({
      title: words.removeTitle(name),
      about: words.removeAbout,
      yes: words.remove,
      act: async () => {
        await deleteLead(place, id);
      },
      done: () => {
        removed();
        announce(words.removed);
      },
    });
  void load();
  return root;
}

function valueList(values: LeadValue[], labels: Labels): HTMLElement {
  return h("dl", { class: "values" }, ...values.map((value) => valueItem(value, labels, value.message_id === null ? words.given : words.said)));
}

/** A value and, below it, where it came from. */
function valueItem(value: LeadValue, labels: Labels, from: string): HTMLElement {
  return h(
    "div",
    { class: "value" },
    h("dt", { class: "fine", dir: "auto" }, labels.get(value.field_name) ?? value.field_name),
    h(
      "dd",
      {},
      h("p", { class: "value-text wrap" }, h("bdi", {}, shownValue(value))),
      !value.valid && h("p", { class: "state", "data-state": "failed" }, icon("warning"), words.invalid),
      value.suggestion !== null && h("p", { class: "fine wrap" }, words.suggestion(value.suggestion)),
      wordsOf(value, from),
    ),
  );
}

/** The visitor's words; a form's or a button's only where they are not the value itself. */
function wordsOf(value: LeadValue, from: string): HTMLElement {
  const caption = { class: "fine" };
  if (value.message_id === null && value.raw === value.field_value) {
    return h("p", caption, from);
  }
  return h("figure", { class: "said" }, h("figcaption", caption, from), h("blockquote", { class: "quote", dir: "auto" }, h("mark", {}, value.raw)));
}

/** What was said beside the values that count: earlier words, another visitor's words. */
function history(said: SaidValue[], labels: Labels): HTMLElement | null {
  const others = said.filter((value) => value.standing !== "counts");
  if (others.length === 0) {
    return null;
  }
  const items = others.map((value) => valueItem(value, labels, `${words.standing[value.standing] ?? value.standing}, ${time(value.created_at)}`));
  return h("details", { class: "sample" }, h("summary", {}, words.history(others.length)), h("dl", { class: "values" }, ...items));
}

function facts(lead: Lead): HTMLElement {
  const { consent } = lead;
  const told = consent === null ? words.noConsent : consent.accepted ? words.consented(time(consent.accepted_at), consent.version) : words.refused;
  const page = lead.page_url;
  return h(
    "dl",
    { class: "facts" },
    fact(words.consent, told),
    page !== null && fact(words.page, /^https?:\/\//i.test(page) ? h("a", { href: page, target: "_blank", rel: "noopener noreferrer", dir: "ltr" }, page) : page),
  );
}

const fact = (label: string, value: Node | string): HTMLElement =>
  h("div", { class: "fact" }, h("dt", { class: "fine" }, label), h("dd", { class: "wrap" }, value));

function statusChoice(place: Place, lead: Lead): HTMLElement {
  const id = freshId("status");
  const problem = h("div");
  const complete = h(
    "span",
    { class: "state", "data-state": lead.complete ? "active" : "processing" },
    icon(lead.complete ? "check" : "clock"),
    lead.complete ? words.complete : words.incomplete,
  );
  const select = h(
    "select",
    { id, class: "control" },
    ...leadStatuses.map((status) => h("option", { value: status, selected: status === lead.status }, words.statuses[status])),
  );
  let stored = lead.status;
  const save = async (): Promise<void> => {
    fill(problem);
    try {
      stored = (await updateLead(place, lead.id, { status: select.value as LeadStatus })).status;
      announce(words.statusSaved(words.statuses[stored] ?? stored));
    } catch (error) {
      select.value = stored;
      fill(problem, errorPanel(error));
    }
  };
  select.addEventListener("change", () => void save());
  return h("div", { class: "stack" }, h("div", { class: "inline-field" }, h("label", { for: id }, words.status), select, complete), problem);
}
