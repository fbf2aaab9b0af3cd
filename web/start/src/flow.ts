/** What flows show beside their words, read from the stream's data events (parts 3.2, 7 and 13 of the contract). */

export type ActionKind = "slot" | "confirm" | "decline" | "choose" | "skip" | "cancel_flow";

/** A click, as the chat request carries it. A click on a step that has passed changes nothing. */
export interface Action {
  kind: ActionKind;
  flow_id: string;
  step: number;
  value?: string;
}

/** Something that can be clicked, with the words on it. */
export interface Choice {
  kind: ActionKind;
  value: string;
  label: string;
}

/** What the open flow waits for. */
export interface Offer {
  flowId: string;
  step: number;
  choices: Choice[];
  /** The question may be left out. */
  canSkip: boolean;
  /** The flow can be ended by a click of its own. */
  canStop: boolean;
}

/** A booking that was made, moved or cancelled. */
export interface MadeBooking {
  bookingId: string;
  status: string;
  start: string;
  end: string;
  timezone: string;
  service: string;
  resource: string | null;
}

/** What one event changes: the offer that is open after it (`null`: none), and a booking to show. */
export interface FlowChange {
  offer: Offer | null;
  booking: MadeBooking | null;
}

type Fields = Record<string, unknown>;

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Reads `data-lead-form`, `data-booking-slots` and `data-booking`; `null` when the event is none that this page knows. */
export function readFlow(type: string, content: unknown): FlowChange | null {
  const data = record(content);
  switch (type) {
    case "data-lead-form":
      return ["done", "declined"].includes(text(data["status"]) ?? "") ? { offer: null, booking: null } : open(data, formField(data));
    case "data-booking-slots":
      return open(data, null);
    case "data-booking":
      return text(data["flow_id"]) === null ? made(data) : open(data, record(data["field"]));
    default:
      return null;
  }
}

/** The field of the form that is asked for. */
function formField(data: Fields): Fields {
  const asked = text(data["asked"]);
  return record(list(record(data["form"])["fields"]).find((field) => asked !== null && record(field)["name"] === asked));
}

function open(data: Fields, field: Fields | null): FlowChange | null {
  const flowId = text(data["flow_id"]);
  const step = data["step"];
  if (flowId === null || typeof step !== "number") {
    return null;
  }
  const isSlots = list(data["slots"]).length > 0;
  const choices = list(data["choices"]).flatMap((one) => {
    const value = text(record(one)["value"]);
    return value === null ? [] : [{ kind: kindOf(value, isSlots), value, label: text(record(one)["label"]) ?? value }];
  });
  const collecting = data["status"] === "collecting";
  const asks = field !== null && text(data["asked"]) !== null;
  // "Shall I take your details?" is turned down by its own no.
  const isInvitation = collecting && !asks && choices.some((choice) => choice.kind === "decline");
  const canSkip = collecting && asks && field["required"] === false;
  return { offer: { flowId, step, choices, canSkip, canStop: !isInvitation }, booking: null };
}

function kindOf(value: string, isSlots: boolean): ActionKind {
  if (value === "confirm" || value === "decline") {
    return value;
  }
  return isSlots ? "slot" : "choose";
}

function made(data: Fields): FlowChange | null {
  const [bookingId, status, start] = [text(data["booking_id"]), text(data["status"]), text(data["start"])];
  if (bookingId === null || status === null || start === null) {
    return null;
  }
  const booking = {
    bookingId,
    status,
    start,
    end: text(data["end"]) ?? start,
    timezone: text(data["timezone"]) ?? "UTC",
    service: text(data["service"]) ?? "",
    resource: text(data["resource"]),
  };
  return { offer: null, booking };
}
