import { isWebAddress } from "../site.ts";
import { h } from "./dom.ts";

/** A link that opens beside this page; what is no web address is text. */
export function webLink(url: string, text: string, direction: "ltr" | "auto" = "ltr"): HTMLElement {
  const attributes = { class: "wrap", dir: direction };
  return isWebAddress(url)
    ? h("a", { ...attributes, href: url, target: "_blank", rel: "noopener noreferrer" }, text)
    : h("span", attributes, text);
}
