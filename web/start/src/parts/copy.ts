import { strings } from "../strings.ts";
import { h } from "./dom.ts";
import { announce } from "./status.ts";

/**
 * A button that copies what `source` shows. Without the clipboard (a page over plain HTTP has none) the text is
 * selected, so that the reader's own keys copy it.
 */
export function copyButton(source: HTMLElement, label: string): HTMLButtonElement {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      button.textContent = strings.copied;
      announce(strings.copied);
      setTimeout(() => (button.textContent = strings.copy), 2_000);
    } catch {
      getSelection()?.selectAllChildren(source);
      announce(strings.selected);
    }
  };
  const button = h(
    "button",
    { type: "button", class: "button", "data-small": true, "aria-label": `${strings.copy}: ${label}`, on: { click: () => void copy() } },
    strings.copy,
  );
  return button;
}
