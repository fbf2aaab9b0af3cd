/**
 * The samples of the documents work. A sample whose fence begins with ```` ```bash test ````, ```` ```js test ```` or
 * ```` ```python test ```` is run as it stands: those of one document in order, shell samples in one shell and each program
 * with its environment, beside a fresh server whose data folder is ./data. `robofy` is the built program, and the
 * documented address leads to the test's server. Any command that fails, or any request of `curl` that is refused, fails
 * the document, unless the fence says `test refused`. Each of the samples above a ```` ```text prints ```` block prints
 * its lines and, blank ones aside, nothing else.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = resolve(process.env.ROBOFY_PROGRAM ?? join(root, "target/debug/robofy"));
const documented = "http://127.0.0.1:8080";
const fence = /^```(bash|sh|js|python|text) (test refused|test|prints)\n(.*?)^```$/gms;

const tools = mkdtempSync(join(tmpdir(), "robofy-docs-"));
after(() => rmSync(tools, { recursive: true }));
symlinkSync(program, join(tools, "robofy"));
// The Python that has what the samples import.
const python = fileURLToPath(new URL(".venv/bin/python3", import.meta.url));
if (existsSync(python)) {
  writeFileSync(join(tools, "python3"), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
}
// Every curl of a sample fails when the server refuses.
writeFileSync(join(tools, ".curlrc"), "fail-with-body\nmax-time = 60\n");

function documents() {
  const here = readdirSync(root).filter((name) => name.endsWith(".md"));
  const below = readdirSync(join(root, "docs"), { recursive: true }).filter((name) => name.endsWith(".md"));
  return [...here, ...below.map((name) => join("docs", name))].toSorted();
}

/** The marked samples of a document, each with its line and what it prints. */
function samples(name) {
  const text = readFileSync(join(root, name), "utf8");
  const found = [];
  let ended = -1;
  for (const match of text.matchAll(fence)) {
    const [whole, language, mark, content] = match;
    const line = text.slice(0, match.index).split("\n").length + 1;
    // Samples with nothing but blank lines between them are the same in several languages.
    const together = ended !== -1 && text.slice(ended, match.index).trim() === "";
    if (mark === "prints") {
      assert.ok(together, `${name}:${line} tells what is printed, but no sample stands above it`);
      const group = found.at(-1).group;
      found.filter((one) => one.group === group).forEach((one) => (one.prints = content.split("\n").filter(Boolean)));
      ended = -1;
      continue;
    }
    const group = together ? found.at(-1).group : line;
    found.push({ group, line, language, refused: mark === "test refused", content, prints: [] });
    ended = match.index + whole.length;
  }
  return found;
}

const interpreters = { js: "node --input-type=module -", python: "python3 -" };

/** A sample as a piece of the document's shell; what it prints goes into a file of its own. */
function piece(name, { line, language, refused, content }) {
  const end = "END_OF_THE_SAMPLE";
  const run = language in interpreters ? `${interpreters[language]} <<'${end}'\n${content}${end}\n` : content;
  const lenient = refused ? ["CURL_HOME=/nowhere", 'CURL_HOME="$FAILING"'] : ["", ""];
  return `echo ${JSON.stringify(`--- ${name}:${line}`)} >&2\n${lenient[0]}\n{\n${run}} > "$PRINTED/${line}"\n${lenient[1]}\ncat "$PRINTED/${line}" >&2`;
}

function run(name, found, printed) {
  const script = found.map((sample) => piece(name, sample)).join("\n");
  const shell = `set -euo pipefail\ncd "$(dirname "$TEST_DATA_DIR")"\n${script}`;
  // The address is put in by the shell that knows it.
  const start = `script=$(sed "s|${documented}|$TEST_BASE_URL|g" <<< "$SAMPLE"); exec bash -c "$script"`;
  return new Promise((done) => {
    const child = spawn(join(root, "tests/lib/with-server"), ["--bare", "--", "bash", "-c", start], {
      env: {
        ...process.env,
        SAMPLE: shell,
        CURL_HOME: tools,
        FAILING: tools,
        PRINTED: printed,
        PATH: `${tools}:${process.env.PATH}`,
      },
    });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("close", (code) => done({ code, output }));
  });
}

const marked = documents()
  .map((name) => [name, samples(name)])
  .filter(([, found]) => found.length > 0);

test("the README has samples that are run", () => {
  assert.ok(marked.some(([name]) => name === "README.md"));
});

test("a sample of a how-to that is not run says why", () => {
  for (const name of documents().filter((one) => one.startsWith("docs/how-to/"))) {
    const text = readFileSync(join(root, name), "utf8");
    for (const { index } of text.matchAll(/^```(bash|sh|js|python)\n/gm)) {
      const before = text.slice(0, index).trimEnd().split("\n\n").at(-1);
      assert.match(before, /not tried/i, `${name}: ${before}`);
    }
  }
});

function grouped(found) {
  const groups = new Map();
  found.forEach((one) => groups.set(one.group, [...(groups.get(one.group) ?? []), one]));
  return groups;
}

test("each step of the guide stands in three languages, and tells what it prints", () => {
  for (const file of ["getting-started", "errors", "security"]) {
    const found = marked.find(([name]) => name === `docs/guide/${file}.md`)[1];
    const groups = grouped(found.filter(({ prints }) => prints.length > 0));
    assert.ok(groups.size > 0, file);
    const languages = [...groups.values()].map((group) => group.map(({ language }) => language).join(" "));
    assert.ok(languages.filter((one) => one === "bash js python").length >= (file === "getting-started" ? 5 : 1), languages.join("; "));
  }
});

for (const [name, found] of marked) {
  test(`${name}: ${found.length} samples`, async () => {
    const printed = mkdtempSync(join(tools, "printed-"));
    const { code, output } = await run(name, found, printed);
    assert.equal(code, 0, output);
    for (const { line, prints } of found) {
      const text = readFileSync(join(printed, String(line)), "utf8");
      if (prints.length > 0) {
        assert.deepEqual(text.split("\n").filter(Boolean), prints, `${name}:${line}`);
      }
    }
  });
}
