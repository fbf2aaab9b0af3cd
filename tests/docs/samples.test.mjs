/**
 * The shell samples of the documents work. A sample that begins with ```` ```bash test ```` is run as it stands: those of
 * one document in order, in one shell, beside a fresh server whose data folder is ./data. `robofy` is the built
 * program, and the documented address leads to the test's server. Any command that fails, or any request that is
 * refused, fails the document.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = resolve(process.env.ROBOFY_PROGRAM ?? join(root, "target/debug/robofy"));
const documented = "http://127.0.0.1:8080";

const tools = mkdtempSync(join(tmpdir(), "robofy-docs-"));
after(() => rmSync(tools, { recursive: true }));
symlinkSync(program, join(tools, "robofy"));
// Every curl of a sample fails when the server refuses.
writeFileSync(join(tools, ".curlrc"), "fail-with-body\nmax-time = 60\n");

function documents() {
  const here = readdirSync(root).filter((name) => name.endsWith(".md"));
  const below = readdirSync(join(root, "docs"), { recursive: true }).filter((name) => name.endsWith(".md"));
  return [...here, ...below.map((name) => join("docs", name))].toSorted();
}

/** The marked samples of a document, each with its line. */
function samples(name) {
  const text = readFileSync(join(root, name), "utf8");
  return [...text.matchAll(/^```(?:bash|sh) test\n(.*?)^```$/gms)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length + 1,
    script: match[1],
  }));
}

function run(name, found) {
  const script = found.map(({ line, script: text }) => `echo ${JSON.stringify(`--- ${name}:${line}`)} >&2\n${text}`).join("\n");
  const shell = `set -euo pipefail\ncd "$(dirname "$TEST_DATA_DIR")"\n${script}`;
  // The address is put in by the shell that knows it.
  const start = `script=$(sed "s|${documented}|$TEST_BASE_URL|g" <<< "$SAMPLE"); exec bash -c "$script"`;
  return new Promise((done) => {
    const child = spawn(join(root, "tests/lib/with-server"), ["--bare", "--", "bash", "-c", start], {
      env: { ...process.env, SAMPLE: shell, CURL_HOME: tools, PATH: `${tools}:${process.env.PATH}` },
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

for (const [name, found] of marked) {
  test(`${name}: ${found.length} samples`, async () => {
    const { code, output } = await run(name, found);
    assert.equal(code, 0, output);
  });
}
