/** Calls about services, resources and bookings of a project (part 13 of the contract). */

import { call, send } from "./client.ts";
import { type Id, part } from "./robofy.ts";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/** From and to, such as `["09:00", "12:30"]`; one whose end is not after its start goes past midnight. */
export type HourRange = [from: string, to: string];
export type WeekHours = Partial<Record<Weekday, HourRange[]>>;

export interface ResourceSettings {
  name: string;
  timezone: string;
  hours: WeekHours;
}

export interface Resource extends ResourceSettings {
  resource_id: string;
}

export interface ServiceSettings {
  name: string;
  duration_minutes: number;
  buffer_before_minutes: number;
  buffer_after_minutes: number;
  min_notice_minutes: number;
  cancel_notice_minutes: number;
  seats: number;
  price_text: string | null;
  confirmation: "auto" | "manual";
  resource_ids: string[];
}

export interface Service extends ServiceSettings {
  service_id: string;
}

export interface Booking {
  booking_id: string;
  status: string;
  service_id: string;
  resource_id: string;
  start: string;
  end: string;
  /** The visitor's zone. */
  timezone: string;
  seats: number;
  name: string | null;
  email: string | null;
  phone: string | null;
}

const path = (kind: "services" | "resources" | "bookings", projectId: Id, id?: string): string =>
  `/v1/booking/${kind}/${part(projectId)}${id === undefined ? "" : `/${part(id)}`}`;

/** All pages of a list, one after another. */
async function all<K extends string, T>(key: K, base: string, query: Record<string, string> = {}): Promise<T[]> {
  const found: T[] = [];
  let token: string | null = null;
  do {
    const search = new URLSearchParams({ ...query, pageSize: "200", ...(token === null ? {} : { nextPageToken: token }) });
    // Each page names the next: there is nothing to read in parallel.
    // oxlint-disable-next-line no-await-in-loop
    const page: Record<K, T[]> & { next_page_token: string | null } = await call("GET", `${base}?${search.toString()}`);
    found.push(...page[key]);
    token = page.next_page_token;
  } while (token !== null);
  return found;
}

export const listResources = (projectId: Id): Promise<Resource[]> => all("resources", path("resources", projectId));

export const saveResource = (projectId: Id, id: string | null, settings: ResourceSettings, idempotencyKey: string): Promise<Resource> =>
  id === null
    ? call<Resource>("POST", path("resources", projectId), { body: settings, idempotencyKey })
    : call<Resource>("PUT", path("resources", projectId, id), { body: settings });

export const deleteResource = (projectId: Id, id: string): Promise<unknown> => send("DELETE", path("resources", projectId, id));

export const listServices = (projectId: Id): Promise<Service[]> => all("services", path("services", projectId));

export const saveService = (projectId: Id, id: string | null, settings: ServiceSettings, idempotencyKey: string): Promise<Service> =>
  id === null
    ? call<Service>("POST", path("services", projectId), { body: settings, idempotencyKey })
    : call<Service>("PUT", path("services", projectId, id), { body: settings });

export const deleteService = (projectId: Id, id: string): Promise<unknown> => send("DELETE", path("services", projectId, id));

/** Bookings that start in a span of time, the earliest first. */
export const listBookings = (projectId: Id, from: Date, to: Date): Promise<Booking[]> =>
  all("bookings", path("bookings", projectId), { from: from.toISOString(), to: to.toISOString() });

export const setBookingStatus = (projectId: Id, id: string, status: "confirmed" | "declined" | "cancelled"): Promise<Booking> =>
  call<Booking>("PUT", path("bookings", projectId, id), { body: { status } });

