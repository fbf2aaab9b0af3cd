import { deleteResource, deleteService, listResources, listServices, type Resource, type Service } from "../api/booking.ts";
import type { Place } from "../api/robofy.ts";
import { zoneName } from "../formats.ts";
import { confirm } from "../parts/confirm.ts";
import { fill, h } from "../parts/dom.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";
import { hoursText } from "./hours.ts";
import { resourceForm } from "./resource-form.ts";
import { serviceForm } from "./service-form.ts";

const words = strings.services;

/** The services of a project and who or what they are booked with. */
export async function bookingSetup(place: Place): Promise<HTMLElement> {
  const { projectId } = place;
  const services = h("section", { class: "card", "data-pad": true });
  const resources = h("section", { class: "card", "data-pad": true });
  let known: { services: Service[]; resources: Resource[] } = { services: [], resources: [] };

  const load = async (): Promise<void> => {
    const [foundServices, foundResources] = await Promise.all([listServices(projectId), listResources(projectId)]);
    known = { services: foundServices, resources: foundResources };
  };
  const showServices = (focus: boolean): void => {
    const heading = h("h2", { tabindex: -1 }, words.title);
    const items = known.services.map((service) =>
      entry({
        name: service.name,
        facts: [words.minutes(service.duration_minutes), service.price_text, resourceNames(service)],
        edit: () => editService(service),
        removeAbout: words.removeService,
        remove: () => deleteService(projectId, service.service_id),
        removed,
      }),
    );
    fill(
      services,
      heading,
      h("p", { class: "about" }, words.about),
      items.length > 0 ? h("ul", { class: "rows" }, ...items) : h("p", { class: "empty" }, words.none, known.resources.length === 0 && ` ${words.first}`),
      known.resources.length > 0 && h("div", {}, addButton(words.add, () => editService(null))),
    );
    if (focus) {
      heading.focus();
    }
  };
  const showResources = (focus: boolean): void => {
    const heading = h("h2", { tabindex: -1 }, words.resources);
    const items = known.resources.map((resource) =>
      entry({
        name: resource.name,
        facts: [hoursText(resource.hours), zoneName(resource.timezone)],
        edit: () => editResource(resource),
        removeAbout: words.removeResource,
        remove: () => deleteResource(projectId, resource.resource_id),
        removed,
      }),
    );
    fill(
      resources,
      heading,
      h("p", { class: "about" }, words.resourcesAbout),
      items.length > 0 ? h("ul", { class: "rows" }, ...items) : h("p", { class: "empty" }, words.noResources),
      h("div", {}, addButton(words.addResource, () => editResource(null))),
    );
    if (focus) {
      heading.focus();
    }
  };
  const resourceNames = (service: Service): string =>
    known.resources.filter((one) => service.resource_ids.includes(one.resource_id)).map((one) => one.name).join(", ");

  const editService = (service: Service | null): void => {
    const saved = async (name: string): Promise<void> => {
      await load();
      showServices(true);
      announce(words.savedNamed(name));
    };
    showForm(services, service === null ? words.add : strings.editNamed(service.name), (title) =>
      serviceForm({ projectId, service, resources: known.resources, title, saved, cancel: () => showServices(true) }),
    );
  };
  const editResource = (resource: Resource | null): void => {
    const saved = async (name: string): Promise<void> => {
      await load();
      showResources(true);
      // A form that is open beside this one keeps what was typed into it.
      if (services.querySelector("form") === null) {
        showServices(false);
      }
      announce(words.savedNamed(name));
    };
    showForm(resources, resource === null ? words.addResource : strings.editNamed(resource.name), (title) =>
      resourceForm({ projectId, resource, title, saved, cancel: () => showResources(true) }),
    );
  };
  const removed = async (): Promise<void> => {
    await load();
    showServices(false);
    showResources(false);
  };

  await load();
  showServices(false);
  showResources(false);
  return h("div", { class: "stack column" }, resources, services);
}

function showForm(card: HTMLElement, title: string, make: (title: string) => HTMLElement): void {
  const made = make(title);
  fill(card, h("h2", { dir: "auto", class: "wrap" }, title), made);
  made.querySelector("input")?.focus();
}

const addButton = (label: string, click: () => void): HTMLElement => h("button", { type: "button", class: "button", on: { click } }, label);

const smallButton = (label: string, told: string, click: () => void): HTMLElement =>
  h("button", { type: "button", class: "button", "data-small": true, "aria-label": told, on: { click } }, label);

interface Entry {
  name: string;
  facts: Array<string | null>;
  edit: () => void;
  removeAbout: string;
  remove: () => Promise<unknown>;
  /** After it was deleted: shows what is left. */
  removed: () => Promise<void>;
}

function entry(options: Entry): HTMLElement {
  const { name } = options;
  const ask = (): void => {
    const card = item.closest("section");
    confirm({
      title: words.removeTitle(name),
      about: options.removeAbout,
      yes: strings.remove,
      act: async () => {
        await options.remove();
        await options.removed();
      },
      done: () => {
        card?.querySelector("h2")?.focus();
        announce(words.removed(name));
      },
    });
  };
  const facts = options.facts.filter((fact) => fact !== null && fact !== "");
  const item = h(
    "li",
    { class: "row" },
    h(
      "div",
      { class: "row-main" },
      h("p", { class: "wrap", dir: "auto" }, name),
      h("p", { class: "fine facts-line" }, ...facts.map((fact) => h("span", { class: "wrap", dir: "auto" }, fact))),
    ),
    h("div", { class: "row-end" }, smallButton(strings.edit, strings.editNamed(name), options.edit), smallButton(strings.remove, strings.removeNamed(name), ask)),
  );
  return item;
}
