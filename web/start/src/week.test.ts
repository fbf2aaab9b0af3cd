import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays, byDay, daysOf, mondayOf } from "./week.ts";

const zone = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "Europe/Berlin";
});
afterAll(() => {
  if (zone === undefined) {
    delete process.env["TZ"];
  } else {
    process.env["TZ"] = zone;
  }
});

const shown = (day: Date): string => `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()} ${day.getHours()}:${day.getMinutes()}`;

describe("a week", () => {
  it("begins on Monday, whatever day it is", () => {
    expect(shown(mondayOf(new Date(2026, 10, 30, 0, 0)))).toBe("2026-11-30 0:0");
    expect(shown(mondayOf(new Date(2026, 11, 6, 23, 59)))).toBe("2026-11-30 0:0");
    expect(shown(mondayOf(new Date(2027, 0, 1, 12, 0)))).toBe("2026-12-28 0:0");
  });

  it("has seven midnights, also when the clocks change", () => {
    const days = daysOf(new Date(2026, 2, 23));
    expect(days.map(shown).at(-1)).toBe("2026-3-29 0:0");
    const [sunday, monday] = [days[6]!, addDays(days[6]!, 1)];
    expect(monday.getTime() - sunday.getTime()).toBe(23 * 3_600_000);
    expect(shown(monday)).toBe("2026-3-30 0:0");
  });

  it("puts each booking on the day on which it starts here", () => {
    const monday = new Date(2026, 10, 30);
    const days = byDay(monday, [
      { start: "2026-12-01T23:30:00Z" },
      { start: "2026-11-30T08:00:00+01:00" },
      { start: "2026-11-29T23:00:00Z" },
      { start: "2026-11-29T22:59:00Z" },
      { start: "2026-12-06T22:59:00Z" },
      { start: "2026-12-06T23:00:00Z" },
    ]);
    expect(days.map((day) => day.map((one) => one.start))).toEqual([
      ["2026-11-29T23:00:00Z", "2026-11-30T08:00:00+01:00"],
      [],
      ["2026-12-01T23:30:00Z"],
      [],
      [],
      [],
      ["2026-12-06T22:59:00Z"],
    ]);
  });
});
