import { describe, expect, it } from "vitest";
import { bytes, strings, time } from "./strings.ts";

describe("words with numbers", () => {
  it("counts and measures as the language does", () => {
    expect(strings.sources.chunks(1)).toBe("1 passage");
    expect(strings.sources.chunks(1_200)).toBe("1,200 passages");
    expect([bytes(1), bytes(999), bytes(12_345), bytes(10_000_000)]).toEqual(["1 byte", "999 bytes", "12.3 kB", "10 MB"]);
  });

  it("reads both forms of a time and leaves what is none", () => {
    expect(time("2026-11-24 15:00:00")).toBe(time("2026-11-24T15:00:00Z"));
    expect(time("2026-11-24T15:00:00Z")).toContain("2026");
    expect(time("soon")).toBe("soon");
  });
});
