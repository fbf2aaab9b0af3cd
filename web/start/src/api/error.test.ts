import { describe, expect, it } from "vitest";
import { errorFrom } from "./error.ts";

describe("errorFrom", () => {
  it("reads the envelope, field by field", () => {
    const error = errorFrom(
      400,
      {
        message: "Bad Request",
        error: {
          code: "BAD_REQUEST",
          detail: "Two fields need attention.",
          errors: [
            { field: "email", code: "INVALID", detail: "This is no e-mail address." },
            { field: "password", code: "TOO_SHORT", detail: "Use at least 10 characters." },
          ],
        },
      },
      "req-1",
      "fallback",
    );
    expect(error).toMatchObject({ code: "BAD_REQUEST", status: 400, requestId: "req-1", message: "Two fields need attention." });
    expect(error.field("password")).toBe("Use at least 10 characters.");
    expect(error.field("name")).toBeNull();
  });

  it("writes places in lists in one way", () => {
    const errors = [{ field: "hours.mon[0]" }, { field: "fields.2.options.1" }, { field: "overrides[10].ranges[2]" }];
    const error = errorFrom(400, { error: { code: "BAD_REQUEST", detail: "No.", errors } }, null, "fallback");
    expect(error.fields.map((one) => one.field)).toEqual(["hours.mon.0", "fields.2.options.1", "overrides.10.ranges.2"]);
  });

  it.each([[null], ["<html>"], [{}], [{ error: "text" }], [{ error: { errors: "no list" } }], [[1, 2]]])(
    "makes an error of %j too",
    (body) => {
      expect(errorFrom(502, body, null, "fallback")).toMatchObject({
        code: "UNREADABLE_ANSWER",
        status: 502,
        message: "fallback",
        fields: [],
      });
    },
  );
});
