/** The OpenAPI document passes `recommended-strict` of @redocly/cli; what the server serves is what is committed. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { baseUrl } from "../lib/world.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "robofy-openapi-"));
after(() => rmSync(folder, { recursive: true }));

const { version } = JSON.parse(readFileSync(join(here, "node_modules/@redocly/cli/package.json"), "utf8"));
console.log(`@redocly/cli ${version}`);

const response = await fetch(`${baseUrl}/openapi.json`);
const text = await response.text();
const file = join(folder, "openapi.json");
writeFileSync(file, text);

/** Runs the linter on a document; it asks no host (no telemetry, no look for a newer version). */
function lint(path) {
  const result = spawnSync(
    process.execPath,
    [join(here, "node_modules/@redocly/cli/bin/cli.js"), "lint", path, "--config", join(here, "redocly.yaml"), "--format", "json"],
    {
      encoding: "utf8",
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const { problems } = JSON.parse(result.stdout.slice(result.stdout.indexOf("{")));
  return {
    code: result.status,
    problems: problems.map((one) => `${one.severity} ${one.ruleId} at ${one.location[0]?.pointer ?? "?"}: ${one.message}`),
  };
}

test("the document is served as JSON to anyone", () => {
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^application\/json/);
  assert.ok(Object.keys(JSON.parse(text).paths).length > 10);
});

test("it passes recommended-strict", () => {
  const { code, problems } = lint(file);
  assert.deepEqual(problems, []);
  assert.equal(code, 0);
});

test("the linter would say so if it did not", () => {
  const broken = JSON.parse(text);
  delete Object.values(Object.values(broken.paths)[0])[0].operationId;
  broken.paths["/unwritten"] = { get: {} };
  const path = join(folder, "broken.json");
  writeFileSync(path, JSON.stringify(broken));
  const { code, problems } = lint(path);
  assert.notEqual(code, 0);
  assert.ok(problems.length > 0);
});
