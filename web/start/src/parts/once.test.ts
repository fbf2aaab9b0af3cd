import { expect, it } from "vitest";
import { keyPerBody } from "./once.ts";

it("gives a body the same key again and another body another one", () => {
  const keyOf = keyPerBody();
  const first = keyOf({ name: "Maria", hours: {} });
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf({ name: "Maria", hours: {} })).toBe(first);
  const second = keyOf({ name: "Mario", hours: {} });
  expect(second).not.toBe(first);
  expect(keyOf({ name: "Maria", hours: {} })).not.toBe(second);
});
