import { join } from "node:path";
import { defineConfig } from "vite";
import { precompress } from "../precompress.ts";

const out = join(import.meta.dirname, "../dist/docs");

export default defineConfig({
  base: "/docs/",
  logLevel: "warn",
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2023",
    modulePreload: { polyfill: false },
    // The pictures of the viewer's style sheet, a few hundred bytes each: the policy allows `data:` for images.
    assetsInlineLimit: 2_048,
    chunkSizeWarningLimit: 2_048,
    rolldownOptions: {
      input: { reference: join(import.meta.dirname, "index.html"), guide: join(import.meta.dirname, "src/guide.ts") },
      output: {
        hashCharacters: "base36",
        // The guide's pages are rendered by the server, which has to know this name.
        entryFileNames: (chunk) => (chunk.name === "guide" ? "guide.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  plugins: [precompress(out)],
});
