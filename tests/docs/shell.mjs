/** Runs samples as they stand. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { documented, root } from "./documents.mjs";

const program = resolve(process.env.ROBOFY_PROGRAM ?? join(root, "target/debug/robofy"));
export const withServer = join(root, "tests/lib/with-server");

export const tools = mkdtempSync(join(tmpdir(), "robofy-docs-"));
after(() => rmSync(tools, { recursive: true }));
symlinkSync(program, join(tools, "robofy"));
// The Python that has what the samples import.
const python = fileURLToPath(new URL(".venv/bin/python3", import.meta.url));
if (existsSync(python)) {
  writeFileSync(join(tools, "python3"), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
}
// Every curl of a sample fails when the server refuses.
writeFileSync(join(tools, ".curlrc"), "fail-with-body\nmax-time = 60\n");

const interpreters = { js: "node --input-type=module -", python: "python3 -" };

/** A sample as a piece of the document's shell; what it prints goes into a file of its own. */
function piece({ name, line, language, refused, content }) {
  const end = "END_OF_THE_SAMPLE";
  const run = language in interpreters ? `${interpreters[language]} <<'${end}'\n${content}${end}\n` : content;
  const lenient = refused ? ["CURL_HOME=/nowhere", 'CURL_HOME="$FAILING"'] : ["", ""];
  return `echo ${JSON.stringify(`--- ${name}:${line}`)} >&2\n${lenient[0]}\n{\n${run}} > "$PRINTED/${line}"\n${lenient[1]}\ncat "$PRINTED/${line}" >&2`;
}

/** The process's end: its code and all that it wrote. */
export function ended(child) {
  return new Promise((done) => {
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("close", (code) => done({ code, output }));
  });
}

/** Runs samples one after the other in one shell, beside a fresh server or against the one at `baseUrl`. */
export async function run(found, { baseUrl, environment = {} } = {}) {
  const printed = mkdtempSync(join(tools, "printed-"));
  const script = found.map(piece).join("\n");
  const begin = baseUrl === undefined ? 'cd "$(dirname "$TEST_DATA_DIR")"' : `cd "$(mktemp -d "$FAILING/alone-XXXXXX")"`;
  // The address is put in by the shell that knows it.
  const start = `script=$(sed "s|${documented}|$TEST_BASE_URL|g" <<< "$SAMPLE"); exec bash -c "$script"`;
  const env = {
    ...process.env,
    ...environment,
    SAMPLE: `set -euo pipefail\n${begin}\n${script}`,
    CURL_HOME: tools,
    FAILING: tools,
    PRINTED: printed,
    PATH: `${tools}:${process.env.PATH}`,
    ...(baseUrl === undefined ? {} : { TEST_BASE_URL: baseUrl }),
  };
  const command = baseUrl === undefined ? [withServer, "--bare", "--", "bash", "-c", start] : ["bash", "-c", start];
  const end = await ended(spawn(command[0], command.slice(1), { env }));
  return { ...end, printed: ({ line }) => readFileSync(join(printed, String(line)), "utf8") };
}

/** Fails unless the sample printed what its document says. */
export function checkPrinted({ name, line, prints }, text) {
  if (prints?.json !== undefined) {
    assert.deepEqual(JSON.parse(text), prints.json, `${name}:${line}`);
  } else if (prints !== null) {
    assert.deepEqual(text.split("\n").filter(Boolean), prints.lines, `${name}:${line}`);
  }
}
