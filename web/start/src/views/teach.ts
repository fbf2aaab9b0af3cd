import { addText, type Place } from "../api/robofy.ts";
import { h, randomKey } from "../parts/dom.ts";
import { field, form } from "../parts/form.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";
import { filesForm } from "./files.ts";
import { sitesView } from "./site-runs.ts";
import { sourcesView } from "./sources.ts";

const words = strings.teach;

/** Adds websites, texts and files to the agent's knowledge, and lists what is there. */
export function teachView(place: Place): HTMLElement {
  const sources = sourcesView(place);
  return h(
    "section",
    { class: "card teach", "data-pad": true },
    h("h2", {}, words.title),
    h("p", { class: "about" }, words.about),
    sitesView(place, sources.refresh),
    h("div", { class: "stack" }, h("h3", {}, words.texts), textForm(place, sources.refresh)),
    filesForm(place, sources.refresh),
    sources.root,
  );
}

function textForm(place: Place, added: () => Promise<void>): HTMLFormElement {
  const name = field({ name: "file_name", label: words.textName, hint: words.textNameHint, optional: true, attributes: { maxlength: 200 } });
  const content = field({ name: "content", label: words.text, multiline: true, attributes: { rows: 5 } });
  let key = randomKey();
  for (const control of [name.control, content.control]) {
    control.addEventListener("input", () => (key = randomKey()));
  }
  const send = async (): Promise<void> => {
    const fileName = name.control.value.trim() || words.textDefault;
    await addText(place, fileName, content.control.value, key);
    name.control.value = "";
    content.control.value = "";
    key = randomKey();
    announce(words.added(fileName));
    await added();
  };
  return form({ fields: [content, name], submit: words.addText, label: words.addText, send });
}
