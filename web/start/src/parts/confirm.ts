import { strings } from "../strings.ts";
import { openDialog } from "./dialog.ts";
import { fill, h } from "./dom.ts";
import { errorPanel } from "./error-panel.ts";

export interface Confirmation {
  title: string;
  about: string;
  /** The words on the button that does it. */
  yes: string;
  /** The words on the button that does not. */
  no?: string;
  /** What it throws is shown in the dialog, which stays open. */
  act: () => Promise<void>;
  /** After the dialog has closed: what it was opened from may be gone, so the focus needs a place. */
  done?: () => void;
}

/** Asks before something that cannot be taken back. The way out has the focus. */
export function confirm(options: Confirmation): void {
  const problem = h("div");
  let acting = false;
  const act = async (): Promise<void> => {
    if (acting) {
      return;
    }
    acting = true;
    yes.setAttribute("aria-disabled", "true");
    try {
      await options.act();
      dialog.close();
      options.done?.();
    } catch (error) {
      fill(problem, errorPanel(error));
      yes.removeAttribute("aria-disabled");
    } finally {
      acting = false;
    }
  };
  const yes = h("button", { type: "button", class: "button", "data-danger": true, on: { click: () => void act() } }, options.yes);
  const no = h("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, options.no ?? strings.cancel);
  const dialog = openDialog(options.title, h("p", {}, options.about), problem, h("div", { class: "form-end" }, no, yes));
  no.focus();
}
