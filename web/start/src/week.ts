/** Weeks of the reader's calendar, Monday first, in the reader's zone. */

/** Midnight at the beginning of the Monday of that day's week. */
export function mondayOf(day: Date): Date {
  const sinceMonday = (day.getDay() + 6) % 7;
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - sinceMonday);
}

/** The same midnight so many days later; a day of 23 or 25 hours is one day. */
export function addDays(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

/** The seven midnights from a Monday on. */
export function daysOf(monday: Date): Date[] {
  return Array.from({ length: 7 }, (_, at) => addDays(monday, at));
}

/** What starts on each day of the week, in order of time. What starts in another week is left out. */
export function byDay<T extends { start: string }>(monday: Date, entries: T[]): T[][] {
  const ends = daysOf(monday).map((day) => addDays(day, 1).getTime());
  const days: T[][] = ends.map(() => []);
  const startOf = (entry: T): number => new Date(entry.start).getTime();
  for (const entry of entries.toSorted((one, other) => startOf(one) - startOf(other))) {
    const start = startOf(entry);
    const at = start < monday.getTime() ? -1 : ends.findIndex((end) => start < end);
    days[at]?.push(entry);
  }
  return days;
}
