import type { Id, Place } from "../api/robofy.ts";
import { fill, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { strings } from "../strings.ts";

const words = strings.views;

export const viewNames = ["start", "leads", "bookings", "setup"] as const;
export type ViewName = (typeof viewNames)[number];
export type Show = (view: ViewName) => void;

/** The views that are loaded when they are first opened. */
const loaders: Record<Exclude<ViewName, "start">, (place: Place, show: Show) => Promise<HTMLElement>> = {
  leads: async (place, show) => (await import("./leads.ts")).leadsView(place, show),
  bookings: async (place, show) => (await import("./bookings.ts")).bookingsView(place, show),
  setup: async (place) => (await import("./setup.ts")).setupView(place),
};

/** The address of a view, so that a reload, a bookmark and the back button find it again. */
export function addressOf(projectId: Id, chatbotId: string | null, view: ViewName): string {
  const query = new URLSearchParams({ project: String(projectId) });
  if (chatbotId !== null) {
    query.set("agent", chatbotId);
  }
  if (view !== "start") {
    query.set("view", view);
  }
  return `?${query.toString()}`;
}

/** The view that the address names. */
export function viewHere(): ViewName {
  const named = new URLSearchParams(location.search).get("view");
  return viewNames.find((view) => view === named) ?? "start";
}

/** The views of one agent under a row of links. The start view stays as it is, its conversation included. */
export function agentViews(place: Place, agentName: string, start: HTMLElement): HTMLElement {
  const other = h("div", { class: "view" });
  const addressFor = (view: ViewName): string => addressOf(place.projectId, place.chatbotId, view);

  const show = async (view: ViewName, focus: boolean): Promise<void> => {
    for (const [name, link] of links) {
      link.toggleAttribute("aria-current", name === view);
      if (name === view) {
        link.setAttribute("aria-current", "page");
      }
    }
    document.title = view === "start" ? strings.product : words.titled(words[view]);
    start.hidden = view !== "start";
    other.hidden = view === "start";
    fill(other);
    if (view === "start") {
      return;
    }
    fill(other, h("p", { class: "loading" }, strings.loading));
    try {
      const shown = await loaders[view](place, go);
      if (view === viewHere()) {
        fill(other, shown);
        if (focus) {
          shown.querySelector<HTMLElement>("h2")?.focus();
        }
      }
    } catch (error) {
      fill(other, errorPanel(error, () => void show(view, true)));
    }
  };

  const go = (view: ViewName): void => {
    history.pushState(null, "", addressFor(view));
    void show(view, true);
  };

  const links = viewNames.map((view) => {
    const open = (event: MouseEvent): void => {
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
      if (isPlain) {
        event.preventDefault();
        go(view);
      }
    };
    return [view, h("a", { href: addressFor(view), class: "view-link", on: { click: open } }, words[view])] as const;
  });
  const root = h(
    "div",
    { class: "home" },
    h(
      "div",
      { class: "views" },
      h("nav", { "aria-label": words.label, class: "view-links" }, ...links.map(([, link]) => link)),
      h("p", { class: "fine clip", dir: "auto", title: agentName }, agentName),
    ),
    start,
    other,
  );
  const back = (): void => {
    if (!root.isConnected) {
      removeEventListener("popstate", back);
    } else if (new URLSearchParams(location.search).get("agent") === place.chatbotId) {
      void show(viewHere(), false);
    } else {
      location.reload(); // Back to another agent: everything here belongs to this one.
    }
  };
  addEventListener("popstate", back);
  void show(viewHere(), false);
  return root;
}
