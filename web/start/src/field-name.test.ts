import { describe, expect, it } from "vitest";
import { fieldName } from "./field-name.ts";

describe("fieldName", () => {
  it.each([
    ["E-mail address", "email", "e_mail_address"],
    ["  Größe (cm)  ", "number", "gro_e_cm"],
    ["Prénom", "name", "prenom"],
    ["3rd choice", "text", "rd_choice"],
    ["お名前", "name", "name"],
    ["", "long_text", "long_text"],
  ])("of %j is %j or its type", (label, type, name) => {
    expect(fieldName(label, type, [])).toBe(name);
  });

  it("is never taken and never too long", () => {
    expect(fieldName("Email", "email", ["email", "email_2"])).toBe("email_3");
    const long = "a".repeat(80);
    expect(fieldName(long, "text", [])).toHaveLength(50);
    const second = fieldName(long, "text", ["a".repeat(50)]);
    expect(second).toMatch(/^a{48}_2$/);
  });
});
