import "../styles/work.css";
import { type Booking, listBookings, listResources, listServices } from "../api/booking.ts";
import type { Place } from "../api/robofy.ts";
import { dayName, weekName, zoneHere, zoneName } from "../formats.ts";
import { fill, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";
import { addDays, byDay, daysOf, mondayOf } from "../week.ts";
import { bookingItem, type Names } from "./booking.ts";
import type { Show } from "./nav.ts";

const words = strings.bookings;

/** A week of bookings, a list for each day. */
export async function bookingsView(place: Place, show: Show): Promise<HTMLElement> {
  const names = await namesOf(place);
  const title = h("h3", { tabindex: -1 });
  const body = h("div", { class: "stack" });
  let monday = mondayOf(new Date());
  let latest = 0;

  const load = async (): Promise<void> => {
    latest += 1;
    const mine = latest;
    const sunday = addDays(monday, 6);
    title.textContent = weekName(monday, sunday);
    if (body.childElementCount === 0) {
      fill(body, h("p", { class: "loading" }, strings.loading));
    }
    try {
      const bookings = await listBookings(place.projectId, monday, addDays(monday, 7));
      // A slow answer for a week that was left must not show under this one.
      if (mine === latest) {
        fill(body, ...weekOf(bookings));
      }
    } catch (error) {
      if (mine === latest) {
        fill(body, errorPanel(error, () => void load()));
      }
    }
  };
  const weekOf = (bookings: Booking[]): HTMLElement[] => {
    const days = byDay(monday, bookings);
    const week = h("ol", { class: "week" }, ...daysOf(monday).map((day, at) => dayItem(day, days[at] ?? [])));
    return bookings.length > 0 ? [week] : [nothing(show)];
  };
  const dayItem = (day: Date, bookings: Booking[]): HTMLElement => {
    const [weekday, date] = dayName(day);
    const isToday = day.toDateString() === new Date().toDateString();
    const items = bookings.map((booking) => bookingItem(place.projectId, booking, names, load));
    return h(
      "li",
      { class: "day", "data-today": isToday },
      h("h4", {}, h("span", {}, weekday), " ", h("span", { class: "fine" }, isToday ? words.todayIs(date) : date)),
      items.length === 0 ? h("p", { class: "fine" }, words.none) : h("ul", { class: "stack" }, ...items),
    );
  };
  const go = async (to: Date): Promise<void> => {
    monday = to;
    await load();
    announce(title.textContent ?? "");
  };
  const step = (label: string, to: () => Date): HTMLElement =>
    h("button", { type: "button", class: "button", on: { click: () => void go(to()) } }, label);

  await load();
  return h(
    "section",
    { class: "card", "data-pad": true },
    h("h2", { tabindex: -1 }, words.title),
    h(
      "header",
      { class: "card-head" },
      title,
      h(
        "div",
        { class: "form-end" },
        step(words.previous, () => addDays(monday, -7)),
        step(words.present, () => mondayOf(new Date())),
        step(words.next, () => addDays(monday, 7)),
      ),
    ),
    h("p", { class: "fine" }, words.zone(zoneName(zoneHere()))),
    body,
  );
}

/** Bookings name services and resources by id; people know them by name. */
async function namesOf(place: Place): Promise<Names> {
  const [services, resources] = await Promise.all([listServices(place.projectId), listResources(place.projectId)]);
  return {
    service: new Map(services.map((one) => [one.service_id, one.name])),
    resource: new Map(resources.map((one) => [one.resource_id, one.name])),
  };
}

const nothing = (show: Show): HTMLElement =>
  h(
    "div",
    { class: "stack" },
    h("p", { class: "empty" }, words.empty, " ", words.emptyAbout),
    h("div", {}, h("button", { type: "button", class: "button", on: { click: () => show("setup") } }, words.setUp)),
  );
