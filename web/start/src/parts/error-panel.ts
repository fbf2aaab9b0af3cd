import { ApiError } from "../api/error.ts";
import { strings } from "../strings.ts";
import { h } from "./dom.ts";
import { icon } from "./icon.ts";

/** An error with its request id and, where trying again makes sense, the button for it. */
export function errorPanel(error: unknown, retry?: () => void): HTMLElement {
  const requestId = error instanceof ApiError ? error.requestId : null;
  return h(
    "div",
    { class: "panel", "data-kind": "danger", role: "alert" },
    icon("warning"),
    h(
      "div",
      { class: "panel-body" },
      h("p", {}, messageOf(error)),
      requestId !== null && h("p", { class: "fine" }, strings.errors.requestId(requestId)),
      retry !== undefined && h("button", { type: "button", class: "button", on: { click: retry } }, strings.retry),
    ),
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
