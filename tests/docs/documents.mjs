/** The documents, and the samples in them. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
/** Where the server stands in a sample. */
export const documented = "http://127.0.0.1:8080";

const fence = /^([ \t>]*)(`{3,}|~{3,})[ \t]*([^\n]*)\n(.*?)^[ \t>]*\2/gms;
const runs = ["bash test", "bash test refused", "js test", "python test"];
const prints = ["text prints", "json prints"];
/** Compared by errors.test.mjs, run by tests/browser, and no program. */
const others = ["json expired", "html test chat.html", "text"];
/** What stands above a program that is not run. */
const untried = { marks: ["bash", "js", "python"], says: /not tried/i };

/** All texts for people; those of the crates are documentation that rustdoc runs. */
export function documents() {
  const markdown = (folder, options) => readdirSync(join(root, folder), options).filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
  return [...markdown("."), ...markdown("docs", { recursive: true }), ...markdown("tests"), ...markdown("web")].toSorted();
}

export const read = (name) => readFileSync(join(root, name), "utf8");

const fences = (text) =>
  [...text.matchAll(fence)].map(({ 0: whole, 1: indent, 3: mark, 4: content, index }) => ({
    content,
    mark: mark.trim(),
    isIndented: indent !== "",
    line: text.slice(0, index).split("\n").length + 1,
    before: text.slice(0, index),
    end: index + whole.length,
  }));

/** The fences of a text that nobody would run or compare, by line. */
export function strays(text) {
  return fences(text)
    .filter(({ mark, isIndented, before }) => {
      const paragraph = before.trimEnd().split("\n\n").at(-1);
      const isKnown = [...runs, ...prints, ...others].includes(mark);
      return isIndented || !(isKnown || (untried.marks.includes(mark) && untried.says.test(paragraph)));
    })
    .map(({ line, mark }) => `${line}: ${mark || "no language"}`);
}

/** The samples of a document that are run, each with its line, its group and what it prints. */
export function samples(name, text = read(name)) {
  const found = [];
  let ended = -1;
  for (const { mark, content, line, end, before } of fences(text)) {
    // Samples with nothing but blank lines between them are the same in several languages.
    const together = ended !== -1 && before.slice(ended).trim() === "";
    if (prints.includes(mark)) {
      assert.ok(together, `${name}:${line} tells what is printed, but no sample stands above it`);
      const { group } = found.at(-1);
      const printed = mark === "json prints" ? { json: JSON.parse(content) } : { lines: content.split("\n").filter(Boolean) };
      found.filter((one) => one.group === group).forEach((one) => (one.prints = printed));
      ended = -1;
    } else if (runs.includes(mark)) {
      const [language, , refused] = mark.split(" ");
      found.push({ name, group: together ? found.at(-1).group : line, line, language, refused: refused !== undefined, content, prints: null });
      ended = end;
    }
  }
  return found;
}

/** The block of a document that is marked so. */
export function block(name, mark) {
  const found = fences(read(name)).filter((one) => one.mark === mark);
  assert.equal(found.length, 1, `${name} has one ${mark}`);
  return found[0].content;
}
