import { type Booking, setBookingStatus } from "../api/booking.ts";
import type { Id } from "../api/robofy.ts";
import { bookingStatus, clock, span, timeSpan, zoneHere, zoneName } from "../formats.ts";
import { confirm } from "../parts/confirm.ts";
import { fill, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { type Icon, icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";

const words = strings.bookings;
const icons: Record<string, Icon> = { pending: "clock", confirmed: "check", completed: "check", no_show: "warning" };

/** Names of services and resources by their ids. */
export interface Names {
  service: Map<string, string>;
  resource: Map<string, string>;
}

type Ending = "confirmed" | "declined" | "cancelled";

/** A booking in its day, with what can be done about it. `changed` loads the week anew. */
export function bookingItem(projectId: Id, booking: Booking, names: Names, changed: () => Promise<void>): HTMLElement {
  const who = booking.name ?? booking.email ?? booking.phone ?? words.someone;
  const when = span(booking.start, booking.end);
  const problem = h("div");

  const set = async (status: Ending): Promise<void> => {
    await setBookingStatus(projectId, booking.booking_id, status);
    await changed();
    announce(words.done[status]);
  };
  const accept = async (): Promise<void> => {
    fill(problem);
    try {
      await set("confirmed");
      focusBooking(booking.booking_id);
    } catch (error) {
      fill(problem, errorPanel(error));
    }
  };
  const end = (status: Ending, title: string, yes: string): void =>
    confirm({ title, about: words.freeAbout(when), yes, no: words.keep, act: () => set(status), done: () => focusBooking(booking.booking_id) });
  const action = (label: string, click: () => void, look: "data-primary" | "data-danger"): HTMLElement =>
    h("button", { type: "button", class: "button", "data-small": true, [look]: true, "aria-label": words.of(label, who, when), on: { click } }, label);

  const actions: Record<string, () => HTMLElement[]> = {
    pending: () => [
      action(words.confirm, () => void accept(), "data-primary"),
      action(words.decline, () => end("declined", words.declineTitle(who), words.decline), "data-danger"),
    ],
    confirmed: () => [action(words.cancel, () => end("cancelled", words.cancelTitle(who), words.cancel), "data-danger")],
  };
  const isOver = new Date(booking.end).getTime() < Date.now();
  const possible = isOver ? [] : (actions[booking.status]?.() ?? []);
  return h(
    "li",
    { class: "booking", id: itemId(booking.booking_id), tabindex: -1, "data-state": booking.status },
    h("p", { class: "booking-time" }, h("bdi", {}, timeSpan(booking.start, booking.end))),
    h("p", { class: "wrap", dir: "auto" }, h("strong", {}, who)),
    h("p", { class: "wrap", dir: "auto" }, names.service.get(booking.service_id) ?? words.gone),
    h("p", { class: "fine wrap", dir: "auto" }, names.resource.get(booking.resource_id) ?? words.gone),
    booking.seats > 1 && h("p", { class: "fine" }, words.seats(booking.seats)),
    visitorTime(booking),
    h("p", { class: "state", "data-state": booking.status }, icon(icons[booking.status] ?? "cross"), bookingStatus(booking.status)),
    problem,
    possible.length > 0 && h("div", { class: "form-end" }, ...possible),
  );
}

/** The wall time that the visitor agreed to, where it is another than here. */
function visitorTime(booking: Booking): HTMLElement | null {
  const theirs = clock(booking.start, booking.timezone);
  return theirs === clock(booking.start, zoneHere())
    ? null
    : h("p", { class: "fine wrap" }, words.visitorTime(theirs, zoneName(booking.timezone)));
}

const itemId = (bookingId: string): string => `booking-${bookingId}`;

/** The week was drawn anew: the keyboard goes on at the same booking. */
function focusBooking(bookingId: string): void {
  document.getElementById(itemId(bookingId))?.focus();
}
