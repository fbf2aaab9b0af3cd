import { join } from "node:path";
import { defineConfig } from "vite";
import { precompress } from "../precompress.ts";

const out = join(import.meta.dirname, "../dist");

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
  plugins: [precompress(out)],
});
