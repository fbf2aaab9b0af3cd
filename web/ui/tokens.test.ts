import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** `--name: light-dark(#aaaaaa, #bbbbbb)` of the stylesheet, as `[light, dark]` by name. */
const tokens = new Map(
  [...readFileSync(new URL("tokens.css", import.meta.url), "utf8").matchAll(
    /--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g,
  )].map(([, name, light, dark]) => [name!, [light!, dark!]] as const),
);

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

const grounds = ["canvas", "surface", "raised"];
const pairs: Array<[front: string, back: string, least: number]> = [
  ...["text", "muted", "accent", "danger", "ok", "warn"].flatMap((front) =>
    grounds.map((back): [string, string, number] => [front, back, 4.5]),
  ),
  ...grounds.map((back): [string, string, number] => ["edge", back, 3]),
  ["on-accent", "accent", 4.5],
  ["text", "accent-soft", 4.5],
  ["accent", "accent-soft", 4.5],
  ["text", "danger-soft", 4.5],
  ["danger", "danger-soft", 4.5],
  ["text", "mark", 4.5],
];

describe("contrast of every pair that the pages use", () => {
  it.each(pairs)("%s on %s is at least %s in both themes", (front, back, least) => {
    for (const theme of [0, 1] as const) {
      expect(contrast(tokens.get(front)![theme], tokens.get(back)![theme])).toBeGreaterThanOrEqual(least);
    }
  });
});
