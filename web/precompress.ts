import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin } from "vite";

/** From here on the program carries the compressed file alone, and unpacks it for a client that cannot. */
const large = 256 * 1024;

/** Writes a `.br` beside every text file of a folder, so that the server never compresses while it answers. */
export function precompress(folder: string): Plugin {
  return {
    name: "precompress",
    apply: "build",
    closeBundle() {
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:js|css|html|svg)$/.test(name));
      for (const name of files) {
        const content = readFileSync(join(folder, name));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
        if (content.length > large) {
          rmSync(join(folder, name));
        }
      }
    },
  };
}
