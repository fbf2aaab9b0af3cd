import { ApiError } from "../api/error.ts";
import { addFile, addText, type Place } from "../api/robofy.ts";
import { fill, h, randomKey } from "../parts/dom.ts";
import { messageOf } from "../parts/error-panel.ts";
import { field, form } from "../parts/form.ts";
import { icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";
import { sourcesView } from "./sources.ts";

const words = strings.teach;
const largestFile = 10_000_000;
const accepted = ".pdf,.docx,.xlsx,.pptx,.doc,.xls,.ppt,.rtf,.txt,.md,.markdown,.html,.htm,.csv,.json";

/** Adds texts and files to the agent's knowledge, and lists what is there. */
export function teachView(place: Place): HTMLElement {
  const sources = sourcesView(place);
  return h(
    "section",
    { class: "card teach", "data-pad": true },
    h("h2", {}, words.title),
    h("p", { class: "about" }, words.about),
    textForm(place, sources.refresh),
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

function filesForm(place: Place, added: () => Promise<void>): HTMLElement {
  const running = h("ul", { class: "uploads" });
  const input = h("input", { type: "file", id: "files", class: "file", multiple: true, accept: accepted, "aria-describedby": "files-hint" });

  const upload = async (file: File, line: HTMLElement, key: string): Promise<void> => {
    fill(line, icon("clock"), h("span", { class: "wrap" }, words.uploading(file.name)));
    try {
      if (file.size > largestFile) {
        fill(line, ...failure(words.tooLarge(file.name), file.name, line));
        return;
      }
      await addFile(place, file, key);
      line.remove();
      announce(words.added(file.name));
      await added();
    } catch (error) {
      const again = mayPass(error) ? (): void => void upload(file, line, key) : undefined;
      fill(line, ...failure(words.failed(file.name, messageOf(error)), file.name, line, again));
    }
  };

  const take = async (files: FileList | undefined | null): Promise<void> => {
    for (const file of files ?? []) {
      const line = h("li", { class: "upload" });
      running.append(line);
      // One file after another: the server reads each in turn anyway.
      // oxlint-disable-next-line no-await-in-loop
      await upload(file, line, randomKey());
    }
  };

  input.addEventListener("change", () => {
    void take(input.files).finally(() => (input.value = ""));
  });
  const zone = h("div", { class: "zone" }, h("label", { for: "files" }, words.files), h("p", { id: "files-hint", class: "fine" }, words.filesHint), input);
  const over = (on: boolean) => (event: DragEvent) => {
    event.preventDefault();
    zone.toggleAttribute("data-over", on);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    void take(event.dataTransfer?.files);
  });
  return h("div", { class: "stack" }, zone, running);
}

/** A refused file stays refused; a lost connection or a server in trouble may pass. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

function failure(text: string, name: string, line: HTMLElement, again: (() => void) | undefined = undefined): HTMLElement[] {
  line.setAttribute("data-kind", "danger");
  announce(text);
  const parts = [h("span", { class: "wrap" }, text)];
  if (again !== undefined) {
    parts.push(h("button", { type: "button", class: "button", "data-small": true, on: { click: again } }, strings.retry));
  }
  parts.push(
    h(
      "button",
      { type: "button", class: "button", "data-icon": true, "aria-label": words.dismiss(name), on: { click: () => line.remove() } },
      icon("cross"),
    ),
  );
  return parts;
}
