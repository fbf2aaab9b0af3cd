import { describe, expect, it } from "vitest";
import { locate } from "./quote.ts";

const text = "Café Zürich 世界 opens at 🗝️ nine.";
const at = (part: string): [number, number] => {
  const start = new TextEncoder().encode(text.slice(0, text.indexOf(part))).length;
  return [start, start + new TextEncoder().encode(part).length];
};

describe("locate", () => {
  it("finds the quote by byte offsets among characters of one to four bytes", () => {
    for (const part of ["Café", "Zürich 世界", "🗝️ nine", text]) {
      const found = locate(text, ...at(part));
      expect(found?.quote).toBe(part);
      expect(found!.before + found!.quote + found!.after).toBe(text);
      expect([found!.cutBefore, found!.cutAfter]).toEqual([false, false]);
    }
  });

  it("shows whole characters only, however narrow the excerpt", () => {
    for (let around = 0; around < 40; around += 1) {
      const found = locate(text, ...at("opens"), around);
      expect(text).toContain(found!.before + found!.quote + found!.after);
      expect(found!.quote).toBe("opens");
    }
    expect(locate(text, ...at("opens"), 3)).toMatchObject({ cutBefore: true, cutAfter: true });
  });

  it("refuses a range outside the text, empty, or through a character", () => {
    const [start, end] = at("世界");
    expect(locate(text, start + 1, end)).toBeNull();
    expect(locate(text, start, end - 1)).toBeNull();
    expect(locate(text, 4, 4)).toBeNull();
    expect(locate(text, -1, 4)).toBeNull();
    expect(locate(text, 0, 4_000)).toBeNull();
  });
});
