import { describe, expect, it } from "vitest";
import { shownValue, titleOf } from "./lead-text.ts";

const value = (field_type: string, field_value: string) => ({ field_name: field_type, field_type, field_value });

describe("a lead", () => {
  it("is called by its name, else by how it can be reached, else by what there is", () => {
    const email = value("email", "ana@example.com");
    expect(titleOf([email, value("name", "Ana")])?.field_value).toBe("Ana");
    expect(titleOf([value("company", "Acme"), value("phone", "+493012345678"), email])).toBe(email);
    expect(titleOf([value("text", "Prices")])?.field_value).toBe("Prices");
    expect(titleOf([])).toBeUndefined();
  });

  it("shows a ticked box as a yes", () => {
    expect([value("checkbox", "true"), value("checkbox", "false"), value("text", "true")].map(shownValue)).toEqual(["Yes", "No", "true"]);
  });
});
