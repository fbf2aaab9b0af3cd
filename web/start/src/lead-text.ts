/** What a lead's values look like in words. */

import type { LeadData } from "./api/leads.ts";
import { strings } from "./strings.ts";

const words = strings.leads;

/** A value as people read it: a box that was ticked is a yes. */
export function shownValue(value: LeadData): string {
  if (value.field_type === "checkbox") {
    return value.field_value === "true" ? words.yes : words.no;
  }
  return value.field_value;
}

/** The value that a lead is called by: its name, else how it can be reached, else whatever there is. */
export function titleOf(values: LeadData[]): LeadData | undefined {
  const types = ["name", "email", "phone", "company"];
  return types.map((type) => values.find((one) => one.field_type === type)).find((one) => one !== undefined) ?? values[0];
}
