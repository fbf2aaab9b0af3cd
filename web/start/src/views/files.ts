import { ApiError } from "../api/error.ts";
import { addFile, type Place } from "../api/robofy.ts";
import { accepted, contentsOf, filesOf } from "../dropped.ts";
import { fill, h, randomKey } from "../parts/dom.ts";
import { messageOf } from "../parts/error-panel.ts";
import { type Icon, icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";

const words = strings.teach;
const largestFile = 10_000_000;
/** How long a file that was added is still shown, in milliseconds. */
const shownFor = 4_000;
/** From so many lines on there is a button that clears them all. */
const clearFrom = 4;

interface Upload {
  file: File;
  line: HTMLElement;
  /** The same file again, after a lost answer, is the same effect. */
  key: string;
}

/** Takes files and folders, chosen or dropped, and adds one after another. What is refused stays until it is dismissed. */
export function filesForm(place: Place, added: () => Promise<void>): HTMLElement {
  const lines = h("ul", { class: "uploads" });
  const clear = h("button", { type: "button", class: "button clear", "data-small": true, hidden: true }, words.clear);
  const input = h("input", { type: "file", id: "files", class: "file", multiple: true, accept: accepted, "aria-describedby": "files-hint" });
  let waiting: Upload[] = [];
  let isBusy = false;

  const settle = (): void => {
    clear.hidden = lines.childElementCount < clearFrom;
  };
  const leave = (line: HTMLElement): void => {
    waiting = waiting.filter((one) => one.line !== line);
    const neighbour = line.nextElementSibling ?? line.previousElementSibling;
    const hadFocus = line.contains(document.activeElement);
    line.remove();
    settle();
    if (hadFocus) {
      (neighbour?.querySelector("button") ?? input).focus();
    }
  };
  const cross = (label: string, line: HTMLElement): HTMLElement =>
    h("button", { type: "button", class: "button", "data-icon": true, "aria-label": label, on: { click: () => leave(line) } }, icon("cross"));

  const refuse = ({ file, line, key }: Upload, text: string, mayTry: boolean): void => {
    const again = h("button", { type: "button", class: "button", "data-small": true }, strings.retry);
    again.addEventListener("click", () => {
      enqueue([{ file, line, key }]);
      line.focus();
    });
    show(line, "danger", "warning", text, ...(mayTry ? [again] : []), cross(words.dismiss(file.name), line));
  };
  /** Adds one file, and gives what is to be told of it. */
  const upload = async (one: Upload): Promise<[text: string, isAdded: boolean]> => {
    const { file, line, key } = one;
    show(line, "", "clock", words.uploading(file.name));
    if (file.size > largestFile) {
      refuse(one, words.tooLarge(file.name), false);
      return [words.tooLarge(file.name), false];
    }
    try {
      await addFile(place, file, key);
    } catch (error) {
      const text = words.failed(file.name, messageOf(error));
      refuse(one, text, mayPass(error));
      if (error instanceof ApiError && error.status === 401) {
        waiting = []; // Nobody is logged in any more.
      }
      return [text, false];
    }
    show(line, "ok", "check", words.added(file.name));
    setTimeout(() => leave(line), shownFor);
    void added();
    return [words.added(file.name), true];
  };

  const work = async (): Promise<void> => {
    let [lastText, done, refused] = ["", 0, 0];
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      // One file after another: the server reads each in turn anyway.
      // oxlint-disable-next-line no-await-in-loop
      const [text, isAdded] = await upload(one);
      lastText = text;
      done += isAdded ? 1 : 0;
      refused += isAdded ? 0 : 1;
    }
    announce(done + refused === 1 ? lastText : words.batch(done, refused));
  };
  const enqueue = (uploads: Upload[]): void => {
    for (const one of uploads) {
      show(one.line, "", "clock", words.waiting(one.file.name), cross(words.leave(one.file.name), one.line));
    }
    waiting.push(...uploads);
    settle();
    if (!isBusy && uploads.length > 0) {
      isBusy = true;
      void work().finally(() => (isBusy = false));
    }
  };
  const line = (): HTMLElement => {
    const made = h("li", { class: "upload", tabindex: -1 });
    lines.append(made);
    return made;
  };
  const take = (files: Iterable<File>): void => enqueue([...files].map((file) => ({ file, line: line(), key: randomKey() })));
  const tell = (text: string): void => {
    const made = line();
    show(made, "", "warning", text, cross(words.dismissOne, made));
    announce(text);
  };
  const drop = async (transfer: DataTransfer): Promise<void> => {
    const { files, folders } = contentsOf(transfer);
    take(files);
    try {
      const inside = await filesOf(folders);
      take(inside.files);
      if (inside.leftOut > 0) {
        tell(words.leftOut(inside.leftOut));
      }
    } catch {
      tell(words.unreadable);
    }
  };

  clear.addEventListener("click", () => {
    waiting = [];
    const staying = [...lines.children].filter((one) => one.querySelector("button") === null);
    fill(lines, ...staying); // What is being added, or just was.
    settle();
    input.focus();
  });
  input.addEventListener("change", () => {
    take(input.files ?? []);
    input.value = "";
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
    if (event.dataTransfer !== null) {
      void drop(event.dataTransfer);
    }
  });
  return h("div", { class: "stack" }, zone, lines, clear);
}

/** What a line says, with a sign before it and what can be done after it. */
function show(line: HTMLElement, kind: "" | "ok" | "danger", sign: Icon, text: string, ...ends: HTMLElement[]): void {
  line.setAttribute("data-kind", kind);
  fill(line, icon(sign), h("span", { class: "wrap", dir: "auto" }, text), ...ends);
}

/** A refused file stays refused; a lost connection or a server in trouble may pass. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}
