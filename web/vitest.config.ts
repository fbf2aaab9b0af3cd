import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["ui/**/*.test.ts", "start/**/*.test.ts", "docs/**/*.test.ts"], environment: "node" },
});
