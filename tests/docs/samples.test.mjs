/**
 * The samples of the documents work. A sample whose fence begins with ```` ```bash test ````, ```` ```js test ```` or
 * ```` ```python test ```` is run as it stands: those of one document in order, shell samples in one shell and each program
 * with its environment, beside a fresh server whose data folder is ./data. `robofy` is the built program, and the
 * documented address leads to the test's server. Any command that fails, or any request of `curl` that is refused, fails
 * the document, unless the fence says `test refused`. Each of the samples above a ```` ```text prints ```` block prints
 * its lines and, blank ones aside, nothing else; of those above ```` ```json prints ```` the same object.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { documented, documents, read, samples, strays } from "./documents.mjs";
import { checkPrinted, run } from "./shell.mjs";

const marked = documents()
  .map((name) => [name, samples(name)])
  .filter(([, found]) => found.length > 0);

test("the README has samples that are run", () => {
  assert.ok(marked.some(([name]) => name === "README.md"));
});

test("every sample of every document is run or compared, or says why not", () => {
  assert.deepEqual(documents().flatMap((name) => strays(read(name)).map((one) => `${name}:${one}`)), []);
});

test("a sample that nobody would run is told, whatever it is called", () => {
  for (const mark of ["js", "javascript", "javascript test", "ts test", "sh test", "json", "bash  test", "js test once", ""]) {
    assert.equal(strays(`Run this:\n\n\`\`\`${mark}\nx\n\`\`\`\n`).length, 1, mark);
  }
  for (const [begin, end] of [["~~~js", "~~~"], ["  ```js test", "  ```"], ["> ```js test", "> ```"]]) {
    assert.equal(strays(`Run this:\n\n${begin}\nx\n${end}\n`).length, 1, begin);
  }
  assert.deepEqual(strays("Not tried, since it is long:\n\n```bash\nx\n```\n\n```js test\nx\n```\n"), []);
});

test("each request of the guide stands in three languages, and tells what it prints", () => {
  for (const file of ["getting-started", "errors", "security"]) {
    const groups = new Map();
    samples(`docs/guide/${file}.md`).forEach((one) => groups.set(one.group, [...(groups.get(one.group) ?? []), one]));
    const asking = [...groups.values()].filter((group) => group.some(({ content }) => content.includes(documented)));
    assert.ok(asking.length >= 3, file);
    for (const group of asking) {
      const place = `docs/guide/${file}.md:${group[0].line}`;
      assert.equal(group.map(({ language }) => language).join(" "), "bash js python", place);
      assert.ok(group.every(({ prints }) => prints !== null), place);
    }
  }
});

test("what the caller has set for a server of their own reaches no sample", async () => {
  const content = 'env | grep -E "^ROBOFY_(DATABASE_URL|DATA_DIR|API_KEY)=" || echo none\nrobofy quickstart > /dev/null\n';
  const found = samples("made up", `\`\`\`bash test\n${content}\`\`\`\n\n\`\`\`text prints\nnone\n\`\`\`\n`);
  const environment = { ROBOFY_DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing", ROBOFY_DATA_DIR: "/nowhere", ROBOFY_API_KEY: "theirs" };
  const { code, output, printed } = await run(found, { environment });
  assert.equal(code, 0, output);
  checkPrinted(found[0], printed(found[0]));
});

for (const [name, found] of marked) {
  test(`${name}: ${found.length} samples`, async () => {
    const { code, output, printed } = await run(found);
    assert.equal(code, 0, output);
    for (const sample of found) {
      checkPrinted(sample, printed(sample));
    }
  });
}
