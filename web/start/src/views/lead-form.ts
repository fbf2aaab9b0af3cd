import { getLeadForm, type LeadForm, offerTimes, type OfferTime, updateLeadForm } from "../api/leads.ts";
import type { Place } from "../api/robofy.ts";
import { fill, h } from "../parts/dom.ts";
import { checkField, type Field, field, form } from "../parts/form.ts";
import { savedNote } from "../parts/saved.ts";
import { strings } from "../strings.ts";
import { questionList } from "./questions.ts";

const words = strings.leadForm;

/** The lead form of an agent, to set up. */
export async function leadFormCard(place: Place): Promise<HTMLElement> {
  const saved = savedNote();
  const body = h("div");
  const show = (stored: LeadForm): void => fill(body, leadFormOf(place, stored, saved.root, changed));
  const changed = (stored: LeadForm): void => {
    show(stored);
    saved.show();
    body.querySelector<HTMLElement>("button[type=submit]")?.focus();
  };
  show(await getLeadForm(place));
  return h("section", { class: "card", "data-pad": true }, h("h2", {}, words.title), h("p", { class: "about" }, words.about), body);
}

function leadFormOf(place: Place, stored: LeadForm, saved: HTMLElement, changed: (stored: LeadForm) => void): HTMLElement {
  const enabled = checkField({ name: "enabled", label: words.enabled, checked: stored.enabled });
  const title = field({ name: "form_title", label: words.heading, optional: true, value: stored.form_title ?? "", attributes: { maxlength: 200 } });
  const when = field({ name: "when", label: words.when, choices: offerTimes.map((time) => [time, words.times[time]]), value: stored.when });
  const after = field({
    name: "after_messages",
    label: words.after,
    value: String(stored.after_messages),
    attributes: { type: "number", min: 1, max: 1_000, inputmode: "numeric" },
  });
  const version = stored.consent_version === null || stored.consent_text === null ? "" : ` ${words.version(stored.consent_version)}`;
  const consent = field({
    name: "consent_text",
    label: words.consent,
    hint: words.consentHint + version,
    optional: true,
    multiline: true,
    value: stored.consent_text ?? "",
    attributes: { rows: 3, maxlength: 5_000 },
  });
  const questions = questionList(stored.fields);
  const settle = (): void => {
    after.root.hidden = when.control.value !== "after_messages";
  };
  when.control.addEventListener("change", settle);
  settle();

  const send = async (): Promise<void> =>
    changed(
      await updateLeadForm(place, {
        enabled: enabled.control.checked,
        form_title: textOf(title),
        when: when.control.value as OfferTime,
        ...(after.root.hidden ? {} : { after_messages: Number(after.control.value) }),
        consent_text: textOf(consent),
        fields: questions.value(),
      }),
    );
  return form({
    fields: () => [enabled, title, when, ...(after.root.hidden ? [] : [after]), ...questions.fields(), consent],
    layout: [enabled.root, title.root, when.root, after.root, questions.root, consent.root],
    submit: words.save,
    label: words.title,
    aside: saved,
    send,
  });
}

/** An empty text is none. */
const textOf = (one: Field): string | null => one.control.value.trim() || null;
