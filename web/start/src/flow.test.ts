import { describe, expect, it } from "vitest";
import { readFlow } from "./flow.ts";

const at = { flow_id: "f1", step: 3 };
const yesNo = [
  { value: "confirm", label: "Yes" },
  { value: "decline", label: "No" },
];
const form = {
  fields: [
    { name: "email", label: "E-mail", type: "email", required: true },
    { name: "company", label: "Company", type: "company", required: false },
  ],
};

describe("readFlow", () => {
  it("lets times be clicked as slots", () => {
    const slots = [{ start: "2026-12-01T10:00:00+01:00", end: "2026-12-01T10:30:00+01:00", resource_id: "r", label: "Tuesday, 10:00" }];
    const choices = [{ value: "2026-12-01T10:00:00+01:00", label: "Tuesday, 10:00" }];
    expect(readFlow("data-booking-slots", { ...at, service_id: "s", timezone: "Europe/Berlin", slots, choices })).toEqual({
      offer: {
        flowId: "f1",
        step: 3,
        choices: [{ kind: "slot", value: "2026-12-01T10:00:00+01:00", label: "Tuesday, 10:00" }],
        canSkip: false,
        canStop: true,
      },
      booking: null,
    });
  });

  it("lets services be chosen", () => {
    const event = { ...at, service_id: null, slots: [], choices: [{ value: "s1", label: "Consultation" }] };
    expect(readFlow("data-booking-slots", event)?.offer?.choices).toEqual([{ kind: "choose", value: "s1", label: "Consultation" }]);
  });

  it("tells yes and no from other choices", () => {
    const offer = readFlow("data-booking", { ...at, booking_id: null, status: "proposed", choices: yesNo })?.offer;
    expect(offer?.choices.map((choice) => choice.kind)).toEqual(["confirm", "decline"]);
    expect(offer?.canStop).toBe(true);
  });

  it.each([
    ["company", true],
    ["email", false],
    ["unheard", false],
  ])("asking for %s can be skipped: %s", (asked, canSkip) => {
    const offer = readFlow("data-lead-form", { ...at, status: "collecting", asked, form, values: {}, missing: [], choices: [] })?.offer;
    expect(offer).toMatchObject({ canSkip, canStop: true, choices: [] });
  });

  it("skips an optional question of a booking", () => {
    const event = { ...at, booking_id: null, status: "collecting", asked: "company", field: form.fields[1], choices: [] };
    expect(readFlow("data-booking", event)?.offer?.canSkip).toBe(true);
    expect(readFlow("data-booking", { ...event, field: form.fields[0] })?.offer?.canSkip).toBe(false);
  });

  it("turns an invitation down by its own no", () => {
    const event = { ...at, status: "collecting", asked: null, form, values: {}, missing: ["email"], choices: yesNo };
    expect(readFlow("data-lead-form", event)?.offer?.canStop).toBe(false);
    expect(readFlow("data-lead-form", { ...event, status: "confirming" })?.offer?.canStop).toBe(true);
  });

  it("offers nothing once a form is done or declined", () => {
    for (const status of ["done", "declined"]) {
      expect(readFlow("data-lead-form", { ...at, status, asked: null, form, choices: [] })).toEqual({ offer: null, booking: null });
    }
  });

  it("tells a made booking from a proposed one", () => {
    const event = {
      booking_id: "b1",
      status: "confirmed",
      start: "2026-12-01T10:00:00+01:00",
      end: "2026-12-01T10:30:00+01:00",
      timezone: "Europe/Berlin",
      service: "Consultation",
      resource: "Maria",
    };
    expect(readFlow("data-booking", event)).toEqual({
      offer: null,
      booking: {
        bookingId: "b1",
        status: "confirmed",
        start: event.start,
        end: event.end,
        timezone: "Europe/Berlin",
        service: "Consultation",
        resource: "Maria",
      },
    });
    expect(readFlow("data-booking", { ...event, ...at, choices: yesNo })?.booking).toBeNull();
  });

  it("leaves alone what it does not understand", () => {
    for (const [type, data] of [
      ["data-handover", at],
      ["data-booking", {}],
      ["data-booking-slots", null],
      ["data-lead-form", { flow_id: "f1" }],
      ["data-booking", "text"],
    ] as const) {
      expect(readFlow(type, data)).toBeNull();
    }
  });
});
