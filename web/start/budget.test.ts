import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const dist = join(import.meta.dirname, "../dist");
// The documentation has pages and a budget of its own.
const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => !name.startsWith("docs"));
const page = readFileSync(join(dist, "index.html"), "utf8");

/** Bytes over the wire of the files that `wanted` says, compressed as they are served. */
function weight(ending: string, wanted: (name: string) => boolean): number {
  return files
    .filter((name) => name.endsWith(`${ending}.br`) && wanted(name))
    .reduce((sum, name) => sum + readFileSync(join(dist, name)).length, 0);
}

/** Whether the page loads a file at once, and not only with a view that somebody opens. */
const atOnce = (name: string): boolean => page.includes(`/${name.slice(0, -".br".length)}"`);
const later = (name: string): boolean => !atOnce(name);

describe("the built page", () => {
  it("stays small where it begins", () => {
    expect(weight(".js", atOnce)).toBeGreaterThan(0);
    expect(weight(".js", atOnce)).toBeLessThan(22 * 1024);
    expect(weight(".css", atOnce)).toBeLessThan(6 * 1024);
  });

  it("loads leads, bookings and set-up when they are opened, and they stay small", () => {
    expect(weight(".js", later)).toBeGreaterThan(0);
    expect(weight(".js", later)).toBeLessThan(10 * 1024);
    expect(weight(".css", later)).toBeLessThan(2 * 1024);
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
