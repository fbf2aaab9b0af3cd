import { strings } from "../strings.ts";
import { h } from "./dom.ts";
import { icon } from "./icon.ts";
import { announce } from "./status.ts";

/** How long the sign stays, in milliseconds. */
const shownFor = 4_000;

/** A sign beside a button that something was saved; it goes by itself. */
export function savedNote(): { root: HTMLElement; show: (told?: string) => void } {
  const root = h("span", { class: "state saved", "data-state": "active", hidden: true }, icon("check"), strings.saved);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (told: string = strings.saved): void => {
    clearTimeout(timer);
    root.hidden = false;
    announce(told);
    timer = setTimeout(() => (root.hidden = true), shownFor);
  };
  return { root, show };
}
