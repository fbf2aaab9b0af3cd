import { strings } from "../strings.ts";
import { type Child, freshId, h } from "./dom.ts";
import { icon } from "./icon.ts";

/** A modal dialog with a title and a way out; it leaves the page when it closes, and focus goes back by itself. */
export function openDialog(title: string, ...children: Child[]): HTMLDialogElement {
  const id = freshId("dialog");
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": id, on: { close: () => dialog.remove() } },
    h(
      "header",
      { class: "dialog-head" },
      h("h2", { id, dir: "auto" }, title),
      h(
        "button",
        { type: "button", class: "button", "data-icon": true, "aria-label": strings.close, on: { click: () => dialog.close() } },
        icon("cross"),
      ),
    ),
    ...children,
  );
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
