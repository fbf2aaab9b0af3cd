/** What the page knows of one answer, folded from the events of its stream (`wire` part 3.2 of the contract). */

import { type MadeBooking, type Offer, readFlow } from "./flow.ts";

/**
 * Where a quote of the answer stands: `start` and `end` are UTF-8 byte offsets in that version's stored text. A stored
 * question-and-answer pair is quoted whole and has `qa_id` instead of an asset.
 */
export interface Citation {
  index: number;
  asset_id: number | null;
  version: number | null;
  start: number | null;
  end: number | null;
  quote: string;
  file_name: string | null;
  source_url: string | null;
  heading_path: string[];
  qa_id?: string;
}

export type AnswerState = "writing" | "done" | "stopped" | "failed";

export interface Answer {
  state: AnswerState;
  messageId: string | null;
  sessionId: string | null;
  text: string;
  citations: Citation[];
  /** What the flow that is open after this answer lets be clicked. */
  offer: Offer | null;
  bookings: MadeBooking[];
  error: string | null;
}

export const emptyAnswer: Answer = {
  state: "writing",
  messageId: null,
  sessionId: null,
  text: "",
  citations: [],
  offer: null,
  bookings: [],
  error: null,
};

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isCitation(value: unknown): value is Citation {
  return (
    isObject(value) &&
    typeof value["index"] === "number" &&
    typeof value["quote"] === "string" &&
    Array.isArray(value["heading_path"])
  );
}

/** Adds one event's data to the answer. Kinds that this page does not show leave it as it was. */
export function fold(answer: Answer, data: string): Answer {
  if (data === "[DONE]") {
    return answer.state === "writing" ? { ...answer, state: "failed" } : answer;
  }
  const event: unknown = JSON.parse(data);
  if (!isObject(event)) {
    return answer;
  }
  switch (event["type"]) {
    case "start":
      return { ...answer, messageId: textOf(event["messageId"]) || null };
    case "text-delta":
      return { ...answer, text: answer.text + textOf(event["delta"]) };
    case "data-citation":
      return isCitation(event["data"]) ? { ...answer, citations: [...answer.citations, event["data"]] } : answer;
    case "data-lead-form":
    case "data-booking-slots":
    case "data-booking":
      return foldFlow(answer, event["type"], event["data"]);
    case "data-session":
      return { ...answer, sessionId: textOf(event["data"]) || answer.sessionId };
    case "finish":
      return { ...answer, state: "done" };
    case "abort":
      return { ...answer, state: "stopped" };
    case "error":
      return { ...answer, state: "failed", error: textOf(event["errorText"]) || null };
    default:
      return answer;
  }
}

function foldFlow(answer: Answer, type: string, data: unknown): Answer {
  const change = readFlow(type, data);
  if (change === null) {
    return answer;
  }
  const bookings = change.booking === null ? answer.bookings : [...answer.bookings, change.booking];
  return { ...answer, offer: change.offer, bookings };
}

/** The stream ended: an answer that never finished is told as failed, never shown as whole. */
export function close(answer: Answer): Answer {
  return answer.state === "writing" ? { ...answer, state: "failed" } : answer;
}

/** The heading path as one line. */
export function headingOf(citation: Citation): string {
  return citation.heading_path.join(" › ");
}
