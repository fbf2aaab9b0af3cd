import { type HourRange, type WeekHours, type Weekday, weekdays } from "../api/booking.ts";
import { weekdayName } from "../formats.ts";
import { fieldTime, nextRange, openDays } from "../hours.ts";
import { fill, h } from "../parts/dom.ts";
import { errorOf, type Field } from "../parts/form.ts";
import { icon } from "../parts/icon.ts";
import { strings } from "../strings.ts";

const words = strings.services;

export interface HoursEditor {
  root: HTMLElement;
  fields: () => Field[];
  /** All seven days; a closed one has no ranges. */
  value: () => WeekHours;
}

interface Row {
  root: HTMLElement;
  from: Field;
  to: Field;
}

/** The week's hours in few words, such as "Mon–Fri 09:00–17:00". */
export function hoursText(week: WeekHours): string {
  const texts = openDays(week).map(({ from, to, ranges }) => {
    const days = from === to ? weekdayName(from, "short") : `${weekdayName(from, "short")}–${weekdayName(to, "short")}`;
    return `${days} ${ranges.map((range) => range.join("–")).join(", ")}`;
  });
  return texts.length === 0 ? words.closedAllWeek : texts.join(" · ");
}

/** The hours of a week, day by day, each with as many ranges as wanted. */
export function hoursEditor(stored: WeekHours): HoursEditor {
  const days = weekdays.map((day) => ({ day, rows: [] as Row[], list: h("div", { class: "ranges" }) }));
  type Day = (typeof days)[number];
  const value = (): WeekHours =>
    Object.fromEntries(days.map(({ day, rows }) => [day, rows.map((row): HourRange => [row.from.control.value, row.to.control.value])]));

  const show = (of: Day): void =>
    fill(of.list, ...(of.rows.length === 0 ? [h("p", { class: "fine" }, words.closed)] : of.rows.map((row) => row.root)));
  const add = (of: Day, range: HourRange): Row => {
    const row = rangeRow(of.day, range, () => of.rows.indexOf(row), () => remove(of, row));
    of.rows.push(row);
    return row;
  };
  const remove = (of: Day, row: Row): void => {
    of.rows.splice(of.rows.indexOf(row), 1);
    show(of);
    adders.get(of.day)?.focus();
  };
  const adders = new Map<Weekday, HTMLElement>();
  const items = days.map((of) => {
    for (const range of stored[of.day] ?? []) {
      add(of, range);
    }
    show(of);
    const more = (): void => {
      const row = add(of, nextRange(value(), of.day));
      show(of);
      row.from.control.focus();
    };
    const name = weekdayName(of.day);
    const adder = h("button", { type: "button", class: "button", "data-small": true, "aria-label": words.addHoursOn(name), on: { click: more } }, words.addHours);
    adders.set(of.day, adder);
    return h("li", { class: "weekday" }, h("span", { class: "weekday-name" }, name), of.list, adder);
  });
  const root = h(
    "fieldset",
    { class: "stack" },
    h("legend", { class: "legend" }, words.hours),
    h("p", { class: "fine" }, words.hoursHint),
    h("ul", { class: "weekdays" }, ...items),
  );
  return { root, fields: () => days.flatMap(({ rows }) => rows.flatMap((row) => [row.from, row.to])), value };
}

function rangeRow(day: Weekday, [from, to]: HourRange, at: () => number, remove: () => void): Row {
  const name = weekdayName(day);
  // The server names the range; its first time tells what is wrong with it.
  const begin = timeField(words.from(name), from, (error) => error === `hours.${day}.${at()}` || (at() === 0 && error === `hours.${day}`));
  const end = timeField(words.to(name), to, () => false);
  const cross = h("button", { type: "button", class: "button", "data-icon": true, on: { click: remove } }, icon("cross"));
  const tell = (): void => cross.setAttribute("aria-label", words.removeHours(name, begin.control.value, end.control.value));
  begin.control.addEventListener("input", tell);
  end.control.addEventListener("input", tell);
  tell();
  return {
    root: h("div", { class: "range" }, h("div", { class: "range-times" }, begin.control, h("span", { "aria-hidden": true }, "–"), end.control, cross), begin.error, end.error),
    from: begin,
    to: end,
  };
}

function timeField(label: string, value: string, covers: Field["covers"]): Field & { error: HTMLElement } {
  const control = h("input", { type: "time", class: "control time", step: 300, required: true, "aria-label": label });
  control.value = fieldTime(value);
  return { root: control, control, covers, ...errorOf(control, null) };
}
