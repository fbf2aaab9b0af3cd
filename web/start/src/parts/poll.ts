/** Asks again and again while there is something to wait for and somebody looks. */

/** Whether somebody looks, and a call when that changes; gives a way to end the calls. */
export interface Sight {
  isSeen: () => boolean;
  watch: (changed: () => void) => () => void;
}

const thisWindow: Sight = {
  isSeen: () => document.visibilityState === "visible",
  watch: (changed) => {
    document.addEventListener("visibilitychange", changed);
    return () => document.removeEventListener("visibilitychange", changed);
  },
};

export interface PollOptions {
  /** Asks once; says whether there is more to wait for. When it throws, the next time comes later and later. */
  ask: () => Promise<boolean>;
  /** Milliseconds from one answer to the next question. */
  every: number;
  /** Whether nobody needs the answers any more: then it ends for good. */
  isOver: () => boolean;
  sight?: Sight;
}

/** The longest pause after failures, in milliseconds. */
const longest = 30_000;

/**
 * Gives a function that asks at once, or once more after the question that is under way. Whoever comes back to the page
 * gets a fresh answer.
 */
export function poll(options: PollOptions): () => Promise<void> {
  const { ask, every, isOver, sight = thisWindow } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isWaiting = false;
  let round: Promise<void> | null = null;
  let following: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (isOver()) {
      stop();
      return;
    }
    try {
      isWaiting = await ask();
      failures = 0;
    } catch {
      isWaiting = true;
      failures += 1;
    }
    if (isWaiting && sight.isSeen() && !isOver()) {
      timer = setTimeout(() => void now(), Math.min(every * 2 ** failures, longest));
    }
  };

  const begin = (): Promise<void> => {
    round = run().finally(() => (round = null));
    return round;
  };

  const now = (): Promise<void> => {
    if (round === null) {
      return begin();
    }
    following ??= round.then(() => {
      following = null;
      return begin();
    });
    return following;
  };

  const stop = sight.watch(() => {
    clearTimeout(timer);
    if (sight.isSeen()) {
      void now();
    }
  });
  return now;
}
