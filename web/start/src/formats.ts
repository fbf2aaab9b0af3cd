/** Days, times and zones in the reader's language. */

import { type Weekday, weekdays } from "./api/booking.ts";
import { strings } from "./strings.ts";

const { language } = strings;

/** A format for a zone; in a zone that this browser does not know, the reader's own. */
function format(options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(language, timeZone === undefined ? options : { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat(language, options);
  }
}

/** The zone of this browser, as its IANA name. */
export const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A day and its times, such as "Tuesday, December 1, 2026, 10:00 – 10:30 AM". */
export function span(start: string, end: string, zone?: string): string {
  return format({ weekday: "long", year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit" }, zone).formatRange(
    new Date(start),
    new Date(end),
  );
}

/** The times alone. */
export function timeSpan(start: string, end: string): string {
  return format({ hour: "numeric", minute: "2-digit" }).formatRange(new Date(start), new Date(end));
}

/** The wall clock of a zone, such as "Tue 3:00 PM". */
export function clock(moment: string, zone?: string): string {
  return format({ weekday: "short", hour: "numeric", minute: "2-digit" }, zone).format(new Date(moment));
}

/** A day of a week: "Monday" and "November 30". */
export function dayName(day: Date): [weekday: string, date: string] {
  return [format({ weekday: "long" }).format(day), format({ month: "long", day: "numeric" }).format(day)];
}

/** The days of a week, such as "November 30 – December 6, 2026". */
export function weekName(monday: Date, sunday: Date): string {
  return format({ year: "numeric", month: "long", day: "numeric" }).formatRange(monday, sunday);
}

/** The name of a weekday. */
export function weekdayName(day: Weekday, width: "long" | "short" = "long"): string {
  // The fifth of January 2026 is a Monday.
  return format({ weekday: width }, "UTC").format(new Date(Date.UTC(2026, 0, 5 + weekdays.indexOf(day))));
}

/** A zone with its place in words: "Europe/New York". */
export const zoneName = (zone: string): string => zone.replaceAll("_", " ");

/** What has become of a booking, in words. */
export const bookingStatus = (status: string): string => strings.bookings.status[status] ?? status;
