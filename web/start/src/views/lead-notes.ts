import { type Lead, updateLead } from "../api/leads.ts";
import type { Place } from "../api/robofy.ts";
import { fill, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { field, form } from "../parts/form.ts";
import { icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";

const words = strings.leads;

/** The operator's notes on a lead, with a form for one more. */
export function leadNotes(place: Place, lead: Lead): HTMLElement {
  let notes = lead.notes;
  const list = h("ul", { class: "notes" });
  const problem = h("div");
  const heading = h("h3", { tabindex: -1 }, words.notes);

  const store = async (change: string[], told: string): Promise<void> => {
    ({ notes } = await updateLead(place, lead.id, { notes: change }));
    show();
    announce(told);
  };
  const remove = async (at: number): Promise<void> => {
    fill(problem);
    try {
      await store(notes.toSpliced(at, 1), words.noteRemoved);
      heading.focus();
    } catch (error) {
      fill(problem, errorPanel(error));
    }
  };
  const show = (): void =>
    fill(
      list,
      ...notes.map((note, at) =>
        h(
          "li",
          { class: "note" },
          h("p", { class: "wrap", dir: "auto" }, note),
          h(
            "button",
            { type: "button", class: "button", "data-icon": true, "aria-label": words.removeNote, on: { click: () => void remove(at) } },
            icon("cross"),
          ),
        ),
      ),
    );
  show();

  const note = field({ name: "notes", label: words.note, multiline: true, attributes: { rows: 2, maxlength: 2_000 }, covers: (name) => name.startsWith("notes") });
  const send = async (): Promise<void> => {
    await store([...notes, note.control.value.trim()], words.noteAdded);
    note.control.value = "";
  };
  return h(
    "div",
    { class: "stack" },
    heading,
    list,
    problem,
    form({ fields: [note], submit: words.addNote, label: words.addNote, primary: false, send }),
  );
}
