import { describe, expect, it } from "vitest";
import { bookingStatus, clock, dayName, span, weekdayName, weekName, zoneName } from "./formats.ts";

/** Node and browsers differ in the spaces that they put around times. */
const plain = (text: string): string => text.replaceAll(/[\u2009\u202f]/g, " ");

describe("days and times", () => {
  it("shows a booking in the zone that was agreed", () => {
    const shown = plain(span("2026-12-01T10:00:00+01:00", "2026-12-01T10:30:00+01:00", "Europe/London"));
    expect(shown).toContain("Tuesday, December 1, 2026");
    expect(shown).toMatch(/9:00\D+9:30/);
  });

  it("names both days of a booking past midnight", () => {
    const shown = span("2026-12-01T23:30:00Z", "2026-12-02T00:30:00Z", "UTC");
    expect(shown).toContain("December 1");
    expect(shown).toContain("December 2");
  });

  it("shows a time in a zone that is unknown here all the same", () => {
    expect(clock("2026-12-01T10:00:00Z", "Mars/Olympus")).toMatch(/\d:00/);
    expect(zoneName("America/New_York")).toBe("America/New York");
  });

  it("names weeks, days and what has become of a booking", () => {
    expect(weekdayName("mon")).toBe("Monday");
    expect(weekdayName("sun", "short")).toBe("Sun");
    expect(dayName(new Date(2026, 10, 30))).toEqual(["Monday", "November 30"]);
    expect(plain(weekName(new Date(2026, 10, 30), new Date(2026, 11, 6)))).toBe("November 30 – December 6, 2026");
    expect(bookingStatus("pending")).toBe("To be confirmed");
    expect(bookingStatus("new_kind")).toBe("new_kind");
  });
});
