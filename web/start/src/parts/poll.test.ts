import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { poll } from "./poll.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A window that can be left and come back to. */
function sight(): { isSeen: () => boolean; watch: (changed: () => void) => () => void; turn: (seen: boolean) => void; watchers: () => number } {
  let seen = true;
  const watchers = new Set<() => void>();
  return {
    isSeen: () => seen,
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    turn: (to) => {
      seen = to;
      watchers.forEach((changed) => changed());
    },
    watchers: () => watchers.size,
  };
}

it("asks until there is nothing to wait for", async () => {
  const ask = vi.fn<() => Promise<boolean>>().mockResolvedValueOnce(true).mockResolvedValueOnce(true).mockResolvedValue(false);
  const now = poll({ ask, every: 1_000, isOver: () => false, sight: sight() });
  await now();
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).toHaveBeenCalledTimes(3);
});

it("waits longer after each failure, and not after a success", async () => {
  const ask = vi.fn<() => Promise<boolean>>().mockRejectedValueOnce(new Error("away")).mockRejectedValueOnce(new Error("away")).mockResolvedValue(true);
  await poll({ ask, every: 1_000, isOver: () => false, sight: sight() })();
  await vi.advanceTimersByTimeAsync(1_999);
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(ask).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(3_999);
  expect(ask).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(ask).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ask).toHaveBeenCalledTimes(4);
});

it("never waits longer than half a minute", async () => {
  const ask = vi.fn<() => Promise<boolean>>().mockRejectedValue(new Error("away"));
  await poll({ ask, every: 1_000, isOver: () => false, sight: sight() })();
  await vi.advanceTimersByTimeAsync(120_000);
  const before = ask.mock.calls.length;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(ask).toHaveBeenCalledTimes(before + 1);
});

it("rests while nobody looks, and asks at once when somebody does again", async () => {
  const ask = vi.fn<() => Promise<boolean>>().mockResolvedValue(true);
  const seen = sight();
  await poll({ ask, every: 1_000, isOver: () => false, sight: seen })();
  seen.turn(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
  seen.turn(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(ask).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ask).toHaveBeenCalledTimes(3);
});

it("asks once more, and only once, for those who come while it asks", async () => {
  const answers: Array<(more: boolean) => void> = [];
  const ask = vi.fn<() => Promise<boolean>>(() => new Promise((resolve) => void answers.push(resolve)));
  const now = poll({ ask, every: 1_000, isOver: () => false, sight: sight() });
  const all = [now(), now(), now()];
  expect(ask).toHaveBeenCalledTimes(1);
  answers[0]!(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(ask).toHaveBeenCalledTimes(2);
  answers[1]!(false);
  await Promise.all(all);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).toHaveBeenCalledTimes(2);
});

it("ends for good when nobody needs the answers", async () => {
  let isOver = false;
  const ask = vi.fn<() => Promise<boolean>>().mockResolvedValue(true);
  const seen = sight();
  await poll({ ask, every: 1_000, isOver: () => isOver, sight: seen })();
  isOver = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(seen.watchers()).toBe(0);
});
