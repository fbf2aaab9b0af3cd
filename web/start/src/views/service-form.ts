import { type Resource, saveService, type Service, type ServiceSettings } from "../api/booking.ts";
import type { Id } from "../api/robofy.ts";
import { h } from "../parts/dom.ts";
import { checkField, type Field, field, form } from "../parts/form.ts";
import { keyPerBody } from "../parts/once.ts";
import { strings } from "../strings.ts";

const words = strings.services;
const day = 24 * 60;

export interface ServiceFormOptions {
  projectId: Id;
  /** The service to change; `null`: a new one. */
  service: Service | null;
  resources: Resource[];
  title: string;
  saved: (name: string) => Promise<void>;
  cancel: () => void;
}

/** A service: what it is called, how long it takes, what it costs, and with whom it can be booked. */
export function serviceForm(options: ServiceFormOptions): HTMLElement {
  const { service, resources } = options;
  const name = field({ name: "name", label: words.name, value: service?.name ?? "", attributes: { maxlength: 200 } });
  const minutes = (key: keyof ServiceSettings & `${string}_minutes`, label: string, least: number, most: number, usual: number, hint?: string): Field =>
    field({
      name: key,
      label,
      ...(hint === undefined ? {} : { hint }),
      value: String(service?.[key] ?? usual),
      attributes: { type: "number", min: least, max: most, step: 5, inputmode: "numeric" },
    });
  const duration = minutes("duration_minutes", words.duration, 5, day, 30, words.durationHint);
  const before = minutes("buffer_before_minutes", words.before, 0, day, 0);
  const after = minutes("buffer_after_minutes", words.after, 0, day, 0);
  const notice = minutes("min_notice_minutes", words.notice, 0, 365 * day, 0);
  const cancelNotice = minutes("cancel_notice_minutes", words.cancelNotice, 0, 365 * day, 0);
  const seats = field({
    name: "seats",
    label: words.seats,
    hint: words.seatsHint,
    value: String(service?.seats ?? 1),
    attributes: { type: "number", min: 1, max: 500, inputmode: "numeric" },
  });
  const price = field({ name: "price_text", label: words.price, optional: true, value: service?.price_text ?? "", attributes: { maxlength: 200 } });
  const confirmation = field({
    name: "confirmation",
    label: words.confirmation,
    choices: [
      ["auto", words.confirmations.auto],
      ["manual", words.confirmations.manual],
    ],
    value: service?.confirmation ?? "auto",
  });
  // A new service with one resource to choose from is booked with it.
  const isUsual = (id: string): boolean => (service === null ? resources.length === 1 : service.resource_ids.includes(id));
  const boxes = resources.map((resource, at) =>
    checkField({
      name: "resource_ids",
      label: resource.name,
      checked: isUsual(resource.resource_id),
      covers: (error) => at === 0 && error.startsWith("resource_ids"),
    }),
  );
  const chosen = (): string[] => resources.filter((_, at) => boxes[at]?.control.checked).map((resource) => resource.resource_id);
  const fields = [name, duration, price, confirmation, ...boxes, before, after, notice, cancelNotice, seats];

  const keyOf = keyPerBody();
  const send = async (): Promise<void> => {
    // In the order of preference that was stored; what is new comes last.
    const stored = service?.resource_ids.filter((id) => chosen().includes(id)) ?? [];
    const settings: ServiceSettings = {
      name: name.control.value.trim(),
      duration_minutes: number(duration),
      buffer_before_minutes: number(before),
      buffer_after_minutes: number(after),
      min_notice_minutes: number(notice),
      cancel_notice_minutes: number(cancelNotice),
      seats: number(seats),
      price_text: price.control.value.trim() || null,
      confirmation: confirmation.control.value === "manual" ? "manual" : "auto",
      resource_ids: [...stored, ...chosen().filter((id) => !stored.includes(id))],
    };
    const saved = await saveService(options.projectId, service?.service_id ?? null, settings, keyOf(settings));
    await options.saved(saved.name);
  };
  return form({
    fields,
    layout: [
      name.root,
      grid(duration, price),
      confirmation.root,
      h("fieldset", { class: "stack" }, h("legend", { class: "legend" }, words.by), ...boxes.map((box) => box.root)),
      grid(before, after, notice, cancelNotice, seats),
    ],
    submit: words.saveService,
    label: options.title,
    aside: h("button", { type: "button", class: "button", on: { click: options.cancel } }, strings.cancel),
    send,
  });
}

const number = (one: Field): number => Number(one.control.value);

const grid = (...children: Field[]): HTMLElement => h("div", { class: "field-grid" }, ...children.map((one) => one.root));
