import { type Answer, close, emptyAnswer, fold } from "../answer.ts";
import { ApiError } from "../api/error.ts";
import { ask, type Place, stopAnswer } from "../api/robofy.ts";
import type { Action } from "../flow.ts";
import { fill, h, randomKey } from "../parts/dom.ts";
import { announce } from "../parts/status.ts";
import { readEvents } from "../stream.ts";
import { strings } from "../strings.ts";
import { type AnswerItem, answerItem, questionItem } from "./message.ts";

const words = strings.ask;
const longestQuestion = 4_000;
/** Within this many pixels of the end the log follows the answer; further up the reader is left in peace. */
const nearEnd = 80;

/** What the visitor sends: words, or a click on what the last answer offered. */
interface Said {
  query: string;
  action: Action | null;
}

/** A conversation with the agent, streamed. */
export function askView(place: Place): HTMLElement {
  const log = h("ol", { class: "log", "aria-live": "off" });
  const empty = h("p", { class: "empty" }, words.empty);
  const scroller = h("div", { class: "log-box", role: "region", "aria-label": words.log, tabindex: 0 }, empty, log);
  const latest = h("button", { type: "button", class: "button latest", "data-small": true, hidden: true }, words.latest);
  const input = h("textarea", { class: "control", rows: 2, dir: "auto", required: true, "aria-label": words.question, placeholder: words.placeholder, maxlength: longestQuestion });
  const button = h("button", { type: "submit", class: "button", "data-primary": true }, words.send);
  let sessionId: string | null = null;
  let running: { abort: AbortController; answer: Answer } | null = null;
  let last: AnswerItem | null = null;

  const atEnd = (): boolean => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
  const follow = (was: boolean): void => {
    if (was) {
      scroller.scrollTop = scroller.scrollHeight;
    }
    latest.hidden = atEnd();
  };
  const setRunning = (now: typeof running): void => {
    running = now;
    button.textContent = now === null ? words.send : words.stop;
    button.toggleAttribute("data-primary", now === null);
  };

  const click = (label: string, action: Action): void => {
    if (running === null) {
      log.append(questionItem(label));
      void turn({ query: "", action }, randomKey());
    }
  };

  const turn = async (said: Said, key: string): Promise<void> => {
    empty.hidden = true;
    last?.close();
    const abort = new AbortController();
    const item = answerItem(place, (again) => void turn(said, again ? key : randomKey()));
    last = item;
    const state = { abort, answer: emptyAnswer };
    log.append(item.root);
    follow(true);
    setRunning(state);
    announce(words.writing);
    const update = (answer: Answer): void => {
      const was = atEnd();
      state.answer = answer;
      item.show(answer, null);
      follow(was);
    };
    try {
      const response = await ask(place, { ...said, sessionId, idempotencyKey: key, signal: abort.signal });
      if (response.body === null) {
        throw new TypeError("a response without a body");
      }
      for await (const event of readEvents(response.body)) {
        update(fold(state.answer, event.data));
      }
      update(close(state.answer));
      sessionId = state.answer.sessionId ?? sessionId;
      announce(state.answer.text || state.answer.error || words.stopped);
    } catch (error) {
      if (abort.signal.aborted) {
        item.show({ ...state.answer, state: "stopped" }, null);
      } else {
        item.show(state.answer, told(error));
        announce(told(error).message);
      }
    } finally {
      setRunning(null);
      if (state.answer.offer !== null && state.answer.state === "done" && last === item) {
        item.offer(state.answer.offer, click);
      }
      follow(true);
    }
  };

  const stop = async (turnNow: NonNullable<typeof running>): Promise<void> => {
    if (turnNow.answer.messageId === null) {
      turnNow.abort.abort();
      return;
    }
    try {
      await stopAnswer(turnNow.answer.messageId);
    } catch {
      turnNow.abort.abort(); // The server could not be told: at least this page stops listening.
    }
  };

  const submit = (): void => {
    const query = input.value.trim();
    if (running !== null) {
      void stop(running);
    } else if (query !== "") {
      input.value = "";
      log.append(questionItem(query));
      void turn({ query, action: null }, randomKey());
    } else {
      input.focus();
    }
  };

  input.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word; Safari tells that by key code 229 only.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      if (running === null) {
        submit();
      }
    }
  });
  scroller.addEventListener("scroll", () => (latest.hidden = atEnd()));
  latest.addEventListener("click", () => {
    scroller.scrollTop = scroller.scrollHeight;
    input.focus();
  });
  const fresh = (): void => {
    running?.abort.abort();
    sessionId = null;
    last = null;
    fill(log);
    empty.hidden = false;
    input.focus();
    announce(words.freshDone);
  };
  const composer = h(
    "form",
    {
      class: "composer",
      on: {
        submit: (event) => {
          event.preventDefault();
          submit();
        },
      },
    },
    input,
    button,
  );
  composer.noValidate = true;
  return h(
    "section",
    { class: "card ask" },
    h(
      "header",
      { class: "ask-head" },
      h("h2", {}, words.title),
      h("button", { type: "button", class: "button", "data-small": true, on: { click: fresh } }, words.fresh),
    ),
    scroller,
    latest,
    composer,
  );
}

/** Whatever went wrong, as an error that says what to do. */
function told(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError({ code: "BROKEN_STREAM", status: 0, detail: strings.errors.broken });
}
