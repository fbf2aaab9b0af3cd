/** The page's one voice: what happened, told to a screen reader once. */

import { h } from "./dom.ts";

const region = h("div", { role: "status", class: "unseen" });

/** Puts the region into the page; it must be there before the first word. */
export function mountStatus(parent: Element): void {
  parent.append(region);
}

export function announce(text: string): void {
  region.textContent = text;
}
