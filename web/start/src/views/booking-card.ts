import { bookingFile, type Place } from "../api/robofy.ts";
import type { MadeBooking } from "../flow.ts";
import { bookingStatus, span, zoneName } from "../formats.ts";
import { h } from "../parts/dom.ts";
import { type Icon, icon } from "../parts/icon.ts";
import { strings } from "../strings.ts";

const words = strings.ask;
const icons: Record<string, Icon> = { pending: "clock", confirmed: "check" };

/** A booking as the visitor sees it: what, when in their zone, with whom, and the file for their calendar. */
export function bookingCard(place: Place, booking: MadeBooking): HTMLElement {
  const status = booking.status;
  const isOpen = icons[status] !== undefined;
  return h(
    "section",
    { class: "booking-card", "aria-label": words.booking },
    h("strong", { dir: "auto", class: "wrap" }, booking.service),
    h("p", {}, h("bdi", {}, span(booking.start, booking.end, booking.timezone))),
    h("p", { class: "fine" }, zoneName(booking.timezone)),
    booking.resource !== null && h("p", { class: "fine wrap", dir: "auto" }, words.with(booking.resource)),
    h("p", { class: "state", "data-state": status }, icon(icons[status] ?? "cross"), bookingStatus(status)),
    isOpen && h("p", {}, h("a", { href: bookingFile(place.projectId, booking.bookingId), download: true }, words.calendar)),
  );
}
