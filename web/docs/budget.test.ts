import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const dist = join(import.meta.dirname, "../dist/docs");
const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
const page = brotliDecompressSync(readFileSync(join(dist, "index.html.br"))).toString();
const size = (name: string): number => readFileSync(join(dist, name)).length;

describe("the built documentation", () => {
  it("adds little to the program: the viewer is embedded compressed only", () => {
    const whole = files.reduce((sum, name) => sum + size(name), 0);
    expect(whole).toBeLessThan(640 * 1024);
    expect(files.filter((name) => name.endsWith(".js") && size(name) > 256 * 1024)).toEqual([]);
  });

  it("keeps the guide's own script small, under the name that the server knows", () => {
    expect(size("guide.js.br")).toBeLessThan(1024);
  });

  it("holds nothing inline and nothing from elsewhere, as its policy demands", () => {
    expect(page).not.toMatch(/<style|style=|<script(?![^>]* src="\/)|\son[a-z]+=|https?:\/\//);
  });

  it("asks nobody else: no font, map, beacon or check from another host is in its style", () => {
    const styles = files.filter((name) => name.endsWith(".css.br")).map((name) => brotliDecompressSync(readFileSync(join(dist, name))).toString());
    expect(styles.length).toBe(1);
    expect(styles.join("").match(/url\((?!["']?data:)[^)]*|@import/g)).toBeNull();
  });
});
