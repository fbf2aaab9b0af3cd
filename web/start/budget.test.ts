import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const dist = join(import.meta.dirname, "../dist");
const files = readdirSync(dist, { recursive: true, encoding: "utf8" });
const page = readFileSync(join(dist, "index.html"), "utf8");

/** Bytes over the wire of all files with this ending, compressed as they are served. */
function weight(ending: string): number {
  return files
    .filter((name) => name.endsWith(`${ending}.br`))
    .reduce((sum, name) => sum + readFileSync(join(dist, name)).length, 0);
}

describe("the built page", () => {
  it("stays small", () => {
    expect(weight(".js")).toBeGreaterThan(0);
    expect(weight(".js")).toBeLessThan(20 * 1024);
    expect(weight(".css")).toBeLessThan(6 * 1024);
  });

  it("has every file beside its compressed twin", () => {
    for (const name of files.filter((one) => one.endsWith(".br"))) {
      const plain = readFileSync(join(dist, name.slice(0, -".br".length)));
      expect(brotliDecompressSync(readFileSync(join(dist, name))).equals(plain), name).toBe(true);
    }
  });

  it("holds nothing inline and nothing from elsewhere, as its policy demands", () => {
    expect(page).not.toMatch(/<style|style=|<script(?![^>]* src="\/)|\son[a-z]+=|https?:\/\//);
    expect(page).toMatch(/<script type="module" crossorigin src="\/assets\/[\w-]+\.js">/);
  });
});
