import { describe, expect, it } from "vitest";
import { type Answer, close, emptyAnswer, fold, headingOf } from "./answer.ts";

const citation = {
  index: 1,
  asset_id: 41,
  version: 1,
  start: 10,
  end: 24,
  quote: "open until six",
  file_name: "hours.md",
  source_url: null,
  heading_path: ["Visit", "Hours"],
};

function foldAll(events: Array<object | string>): Answer {
  return events.reduce<Answer>(
    (answer, event) => fold(answer, typeof event === "string" ? event : JSON.stringify(event)),
    emptyAnswer,
  );
}

describe("fold", () => {
  it("makes the answer of a whole stream", () => {
    const answer = foldAll([
      { type: "start", messageId: "aZ09aZ09aZ09aZ09" },
      { type: "start-step" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "We are " },
      { type: "text-delta", id: "0", delta: "open until six." },
      { type: "text-end", id: "0" },
      { type: "data-citation", data: citation },
      { type: "finish-step" },
      { type: "finish", finishReason: "stop" },
      { type: "data-session", data: "5f0c6f3e-0000-4000-8000-000000000000" },
      { type: "data-finish-reason", data: { finishReason: "stop", rawFinishReason: "stop" } },
      "[DONE]",
    ]);
    expect(answer).toEqual({
      state: "done",
      messageId: "aZ09aZ09aZ09aZ09",
      sessionId: "5f0c6f3e-0000-4000-8000-000000000000",
      text: "We are open until six.",
      citations: [citation],
      offer: null,
      bookings: [],
      error: null,
    });
    expect(headingOf(citation)).toBe("Visit › Hours");
  });

  it("keeps what it has when a kind is unknown or a citation is malformed", () => {
    expect(foldAll([{ type: "data-notice", data: { code: "x" } }, { type: "data-citation", data: {} }, "[]"])).toEqual(
      emptyAnswer,
    );
  });

  it("keeps the booking that was made and what can be clicked next", () => {
    const booking = { booking_id: "b1", status: "confirmed", start: "2026-12-01T10:00:00Z", timezone: "UTC", service: "Visit" };
    const proposed = { flow_id: "f1", step: 2, status: "proposed", choices: [{ value: "confirm", label: "Yes" }] };
    const form = { flow_id: "f2", step: 1, status: "collecting", asked: null, choices: [] };
    const answer = foldAll([
      { type: "data-booking", data: proposed },
      { type: "data-booking", data: booking },
      { type: "data-lead-form", data: form },
      { type: "finish" },
    ]);
    expect(answer.bookings.map((one) => one.bookingId)).toEqual(["b1"]);
    expect(answer.offer?.flowId).toBe("f2");
    expect(foldAll([{ type: "data-booking", data: proposed }, { type: "data-booking", data: booking }]).offer).toBeNull();
  });

  it("tells a stopped, a failed and a broken-off answer from a whole one", () => {
    expect(foldAll([{ type: "text-delta", delta: "Half" }, { type: "abort" }, "[DONE]"]).state).toBe("stopped");
    expect(foldAll([{ type: "error", errorText: "The answer failed." }, "[DONE]"])).toMatchObject({
      state: "failed",
      error: "The answer failed.",
    });
    expect(foldAll([{ type: "text-delta", delta: "Half" }, "[DONE]"]).state).toBe("failed");
    expect(close(foldAll([{ type: "text-delta", delta: "Half" }])).state).toBe("failed");
    expect(close(foldAll([{ type: "finish" }])).state).toBe("done");
  });
});
