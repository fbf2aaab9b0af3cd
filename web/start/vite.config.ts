import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const out = join(import.meta.dirname, "../dist");

/** Writes a `.br` beside every text file, so that the server never compresses while it answers. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    closeBundle() {
      const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:js|css|html|svg)$/.test(name));
      for (const name of files) {
        const content = readFileSync(join(out, name));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        writeFileSync(join(out, `${name}.br`), brotliCompressSync(content, { params }));
      }
    },
  };
}

export default defineConfig({
  base: "/",
  logLevel: "warn",
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2023",
    // The page's policy allows no inline script and no data: script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Eight letters and digits: by them the server knows what may be cached for ever.
    rolldownOptions: { output: { hashCharacters: "base36" } },
  },
  plugins: [precompress()],
});
