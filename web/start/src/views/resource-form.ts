import { type Resource, saveResource } from "../api/booking.ts";
import type { Id } from "../api/robofy.ts";
import { zoneHere } from "../formats.ts";
import { usualHours } from "../hours.ts";
import { freshId, h } from "../parts/dom.ts";
import { field, form } from "../parts/form.ts";
import { keyPerBody } from "../parts/once.ts";
import { strings } from "../strings.ts";
import { hoursEditor } from "./hours.ts";

const words = strings.services;

export interface ResourceFormOptions {
  projectId: Id;
  /** The resource to change; `null`: a new one. */
  resource: Resource | null;
  title: string;
  saved: (name: string) => Promise<void>;
  cancel: () => void;
}

/** A person or thing that is booked: its name, its zone and its weekly hours. */
export function resourceForm(options: ResourceFormOptions): HTMLElement {
  const { resource } = options;
  const listId = freshId("zones");
  const name = field({ name: "name", label: words.name, value: resource?.name ?? "", attributes: { maxlength: 200 } });
  const zone = field({
    name: "timezone",
    label: words.zone,
    hint: words.zoneHint,
    value: resource?.timezone ?? zoneHere(),
    attributes: { list: listId, autocomplete: "off", spellcheck: "false", dir: "ltr" },
  });
  const zones = h("datalist", { id: listId }, ...Intl.supportedValuesOf("timeZone").map((value) => h("option", { value })));
  const hours = hoursEditor(resource?.hours ?? usualHours);

  const keyOf = keyPerBody();
  const send = async (): Promise<void> => {
    const settings = { name: name.control.value.trim(), timezone: zone.control.value.trim(), hours: hours.value() };
    const saved = await saveResource(options.projectId, resource?.resource_id ?? null, settings, keyOf(settings));
    await options.saved(saved.name);
  };
  return form({
    fields: () => [name, zone, ...hours.fields()],
    layout: [name.root, zone.root, zones, hours.root],
    submit: words.saveResource,
    label: options.title,
    aside: h("button", { type: "button", class: "button", on: { click: options.cancel } }, strings.cancel),
    send,
  });
}
