import { describe, expect, it } from "vitest";
import { fieldTime, nextRange, openDays, usualHours } from "./hours.ts";

describe("weekly hours", () => {
  it("begin from Monday to Friday", () => {
    expect(openDays(usualHours)).toEqual([{ from: "mon", to: "fri", ranges: [["09:00", "17:00"]] }]);
  });

  it("join only days in a row with the same hours", () => {
    const week = {
      mon: [["09:00", "12:00"]],
      tue: [["09:00", "12:00"]],
      thu: [["09:00", "12:00"]],
      fri: [
        ["09:00", "12:00"],
        ["13:00", "15:00"],
      ],
      sat: [],
    } satisfies Parameters<typeof openDays>[0];
    expect(openDays(week).map((one) => `${one.from}-${one.to}`)).toEqual(["mon-tue", "thu-thu", "fri-fri"]);
    expect(openDays({})).toEqual([]);
  });

  it("are suggested as on the day before", () => {
    expect(nextRange({}, "mon")).toEqual(["09:00", "17:00"]);
    expect(nextRange({ mon: [["08:00", "12:00"]] }, "wed")).toEqual(["08:00", "12:00"]);
    const split = { mon: [["08:00", "12:00"], ["13:00", "18:00"]], tue: [["08:00", "12:00"]] } satisfies Parameters<typeof openDays>[0];
    expect(nextRange(split, "tue")).toEqual(["13:00", "18:00"]);
  });

  it("never suggest what overlaps", () => {
    expect(nextRange({ mon: [["09:00", "12:30"]] }, "mon")).toEqual(["13:30", "15:30"]);
    expect(nextRange({ mon: [["09:00", "21:30"]] }, "mon")).toEqual(["22:30", "00:00"]);
    expect(nextRange({ mon: [["08:00", "12:00"], ["13:00", "18:00"]], tue: [["08:00", "14:00"]] }, "tue")).toEqual(["15:00", "17:00"]);
  });

  it("end at midnight as a field can show it", () => {
    expect([fieldTime("24:00"), fieldTime("09:00")]).toEqual(["00:00", "09:00"]);
  });
});
