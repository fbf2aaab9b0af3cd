/** Weekly hours as people enter them: two times of a day for each range. */

import { type HourRange, type WeekHours, type Weekday, weekdays } from "./api/booking.ts";

/** What a new resource begins with. */
export const usualHours: WeekHours = Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, [["09:00", "17:00"]]]));

/** A field for a time has no 24:00; an end of 00:00 means the same midnight. */
export const fieldTime = (time: string): string => (time === "24:00" ? "00:00" : time);

const two = (number: number): string => String(number).padStart(2, "0");

/** Clock times so many minutes later; past midnight is `null`. */
function later(time: string, minutes: number): string | null {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const total = hour * 60 + minute + minutes;
  return total < 24 * 60 ? `${two(Math.floor(total / 60))}:${two(total % 60)}` : null;
}

/** A likely next range of a day: as on the nearest day before it, else an hour after its last one. */
export function nextRange(week: WeekHours, day: Weekday): HourRange {
  const ranges = week[day] ?? [];
  const last = ranges.at(-1);
  for (const other of weekdays.slice(0, weekdays.indexOf(day)).toReversed()) {
    const candidate = week[other]?.[ranges.length];
    if (candidate !== undefined && (last === undefined || candidate[0] > last[1])) {
      return [...candidate];
    }
  }
  const from = last === undefined ? "09:00" : later(last[1], 60);
  return from === null ? ["22:00", "00:00"] : [from, (last === undefined ? "17:00" : later(from, 120)) ?? "00:00"];
}

export interface OpenDays {
  from: Weekday;
  to: Weekday;
  ranges: HourRange[];
}

/** The week in few words: days in a row that have the same hours, closed ones left out. */
export function openDays(week: WeekHours): OpenDays[] {
  const found: OpenDays[] = [];
  for (const [at, day] of weekdays.entries()) {
    const ranges = week[day] ?? [];
    const last = found.at(-1);
    if (ranges.length === 0) {
      continue;
    }
    if (last !== undefined && last.to === weekdays[at - 1] && JSON.stringify(last.ranges) === JSON.stringify(ranges)) {
      last.to = day;
    } else {
      found.push({ from: day, to: day, ranges });
    }
  }
  return found;
}
