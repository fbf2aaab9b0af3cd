/** Calls about an agent's leads and its lead form (part 7 of the contract). */

import { call, send } from "./client.ts";
import { part, type Place } from "./robofy.ts";

export const leadStatuses = ["new", "contacted", "qualified", "won", "lost"] as const;
export type LeadStatus = (typeof leadStatuses)[number];

export interface LeadData {
  field_name: string;
  field_type: string;
  field_value: string;
}

export interface LeadRow {
  id: string;
  created_at: string;
  source: string;
  page_url: string | null;
  lead_data: LeadData[];
}

export interface LeadPage {
  rows: LeadRow[];
  next_page_token: string | null;
}

/** A value with the visitor's words that it was read from; `message_id` is `null` for what came by a form. */
export interface LeadValue extends LeadData {
  raw: string;
  message_id: string | null;
  valid: boolean;
  suggestion: string | null;
}

/** Something that was said of a lead: it counts, was said earlier, or comes from another visitor. */
export interface SaidValue extends LeadValue {
  standing: string;
  created_at: string;
}

export interface Lead {
  id: string;
  created_at: string;
  status: LeadStatus;
  complete: boolean;
  source: string;
  page_url: string | null;
  lead_data: LeadValue[];
  consent: { version: string | null; accepted: boolean; accepted_at: string } | null;
  notes: string[];
  history?: SaidValue[];
}

export const fieldTypes = [
  "text",
  "long_text",
  "name",
  "email",
  "phone",
  "company",
  "number",
  "select",
  "multi_select",
  "date",
  "url",
  "checkbox",
] as const;
export type FieldType = (typeof fieldTypes)[number];

export interface FormField {
  name: string;
  label: string;
  type: FieldType;
  required: boolean;
  options: string[];
}

export const offerTimes = ["on_intent", "not_found", "before_chat", "after_messages", "on_demand", "never"] as const;
export type OfferTime = (typeof offerTimes)[number];

export interface LeadForm {
  enabled: boolean;
  when: OfferTime;
  after_messages: number;
  form_title: string | null;
  consent_text: string | null;
  consent_version: string | null;
  fields: FormField[];
}

const leadsPath = (place: Place): string => `/v1/ai-agent/leads/${part(place.projectId)}/${part(place.chatbotId)}`;
const leadPath = (place: Place, id: string): string => `${leadsPath(place)}/${part(id)}`;
const formPath = (place: Place): string => `/v1/ai-agent/lead_form/${part(place.projectId)}/${part(place.chatbotId)}`;

/** Where the table of all leads is; a link, since the session's cookie opens it. */
export const leadsFile = (place: Place): string => `${leadsPath(place)}/export.csv`;

export const listLeads = async (place: Place, pageToken: string | null): Promise<LeadPage> => {
  const query = new URLSearchParams({ pageSize: "50" });
  if (pageToken !== null) {
    query.set("nextPageToken", pageToken);
  }
  return (await call<{ report: LeadPage }>("GET", `${leadsPath(place)}?${query.toString()}`)).report;
};

export const getLead = (place: Place, id: string): Promise<Lead> => call<Lead>("GET", leadPath(place, id));

export const updateLead = (place: Place, id: string, change: { status?: LeadStatus; notes?: string[] }): Promise<Lead> =>
  call<Lead>("PUT", leadPath(place, id), { body: change });

export const deleteLead = (place: Place, id: string): Promise<unknown> => send("DELETE", leadPath(place, id));

export const getLeadForm = (place: Place): Promise<LeadForm> => call<LeadForm>("GET", formPath(place));

export const updateLeadForm = (place: Place, form: Partial<LeadForm>): Promise<LeadForm> =>
  call<LeadForm>("PUT", formPath(place), { body: form });
