import type { Place } from "../api/robofy.ts";
import { copyButton } from "../parts/copy.ts";
import { h } from "../parts/dom.ts";
import { samples } from "../samples.ts";
import { strings } from "../strings.ts";

const words = strings.connect;

/** Samples with this agent's ids, ready to run. */
export function connectView(place: Place): HTMLElement {
  const text = samples(location.origin, String(place.projectId), place.chatbotId);
  return h(
    "section",
    { class: "card", "data-pad": true },
    h("h2", {}, words.title),
    h("p", { class: "about" }, words.about),
    sample(words.server, text.server, true),
    sample(words.stream, text.stream, false),
    sample(words.browser, text.browser, false),
    h("p", { class: "about" }, h("a", { href: "/docs/guide" }, words.guide)),
  );
}

function sample(title: string, text: string, open: boolean): HTMLElement {
  const code = h("code", {}, text);
  return h(
    "details",
    { class: "sample", name: "sample", open },
    h("summary", {}, title),
    h(
      "div",
      { class: "sample-body" },
      copyButton(code, title),
      h("pre", { class: "code", dir: "ltr", tabindex: 0, role: "region", "aria-label": title }, code),
    ),
  );
}
