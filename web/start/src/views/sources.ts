import { deleteAsset, type LinkedAsset, listAssets, type Place } from "../api/robofy.ts";
import { confirm } from "../parts/confirm.ts";
import { arrange, fill, goneFrom, h, write } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { type Icon, icon } from "../parts/icon.ts";
import { poll } from "../parts/poll.ts";
import { announce } from "../parts/status.ts";
import { nameOf } from "../site.ts";
import { bytes, strings, time } from "../strings.ts";
import { openSource } from "./source.ts";

const words = strings.sources;
const statusIcons: Record<string, Icon> = { active: "check", processing: "clock", failed: "warning" };
const searchFrom = 6;
/** So many rows are shown at a time. */
const step = 50;
/** Milliseconds between two looks while a source is being read. */
const lookEvery = 2_000;

export interface SourcesView {
  root: HTMLElement;
  refresh: () => Promise<void>;
}

/** The sources linked to the agent: state, size, text and deletion. A website may be thousands of them. */
export function sourcesView(place: Place): SourcesView {
  const list = h("ul", { class: "rows" });
  const below = h("div");
  const find = h("input", { type: "search", class: "control", "aria-label": words.find, placeholder: words.find, dir: "auto", hidden: true });
  const count = h("p", { class: "fine" });
  const heading = h("h3", { tabindex: -1 }, words.title);
  const root = h("section", { class: "stack" }, h("div", { class: "card-head" }, heading, count), find, list, below);
  let rows = new Map<string, HTMLElement>();
  let assets: LinkedAsset[] = [];
  let hasMore = false;
  let most = step;

  const query = (): string => find.value.trim().toLocaleLowerCase();

  const show = (): void => {
    const found = assets.filter((asset) => isLike(asset, query()));
    find.hidden = assets.length < searchFrom && !hasMore;
    write(count, assets.length === 0 ? "" : hasMore ? words.more(assets.length) : words.count(assets.length));
    // A row stays the very same while nothing of its asset has changed.
    const before = rows;
    const row = (asset: LinkedAsset): [string, HTMLElement] => {
      const key = JSON.stringify(asset);
      return [key, before.get(key) ?? rowOf(place, asset, confirmRemoval)];
    };
    rows = new Map(found.slice(0, most).map(row));
    arrange(list, [...rows.values()]);
    list.hidden = found.length === 0;
    const isMore = found.length > most || hasMore;
    fill(below, ...(found.length === 0 && !hasMore ? nothing() : []), isMore && moreButton());
  };

  const nothing = (): HTMLElement[] => {
    if (query() === "") {
      return [h("p", { class: "empty" }, words.empty)];
    }
    const clear = (): void => {
      find.value = "";
      show();
      find.focus();
    };
    return [
      h("p", { class: "empty" }, words.nothing(find.value.trim())),
      h("button", { type: "button", class: "button", on: { click: clear } }, words.clear),
    ];
  };

  const moreButton = (): HTMLElement => h("button", { type: "button", class: "button", on: { click: () => void more() } }, strings.more);

  const more = async (): Promise<void> => {
    const at = list.childElementCount;
    most += step;
    if (assets.length < most && hasMore) {
      await refresh();
    } else {
      show();
    }
    list.children[at]?.querySelector("button")?.focus();
  };

  /** Loads as many as are shown; all of them while somebody searches. */
  const load = async (): Promise<void> => {
    const loaded: LinkedAsset[] = [];
    let token: string | null = null;
    do {
      // Each page is found by the one before.
      // oxlint-disable-next-line no-await-in-loop
      const page = await listAssets(place, token);
      loaded.push(...page.assets);
      token = page.next_page_token;
    } while (token !== null && (loaded.length < most || query() !== ""));
    assets = loaded;
    hasMore = token !== null;
  };
  const ask = async (): Promise<boolean> => {
    try {
      await load();
      show();
      return assets.some((asset) => asset.status.toLowerCase() === "processing");
    } catch (error) {
      fill(below, errorPanel(error, () => void refresh()));
      return false;
    }
  };
  const refresh = poll({ ask, every: lookEvery, isOver: goneFrom(root) });

  const remove = async (asset: LinkedAsset): Promise<void> => {
    await deleteAsset(place, asset.asset_id);
    assets = assets.filter((one) => one.asset_id !== asset.asset_id);
    show();
    announce(words.removed(nameOf(asset)));
  };
  const confirmRemoval = (asset: LinkedAsset): void =>
    confirm({
      title: words.removeTitle(nameOf(asset)),
      about: words.removeAbout,
      yes: strings.remove,
      act: () => remove(asset),
      done: () => (list.querySelector("button") ?? heading).focus(),
    });

  find.addEventListener("input", () => {
    most = step;
    show();
    if (hasMore) {
      void refresh();
    }
  });
  list.append(...Array.from({ length: 3 }, () => h("li", { class: "row skeleton", "aria-hidden": true })));
  void refresh();
  return { root, refresh };
}

function isLike(asset: LinkedAsset, query: string): boolean {
  return [asset.file_name, nameOf(asset)].some((name) => name.toLocaleLowerCase().includes(query));
}

function rowOf(place: Place, asset: LinkedAsset, remove: (asset: LinkedAsset) => void): HTMLElement {
  const status = asset.status.toLowerCase();
  const name = nameOf(asset);
  return h(
    "li",
    { class: "row" },
    h(
      "div",
      { class: "row-main" },
      h(
        "button",
        { type: "button", class: "link wrap", dir: "auto", "aria-label": words.open(name), on: { click: () => openSource(place, asset) } },
        name,
      ),
      h(
        "p",
        { class: "fine facts-line" },
        h("span", { class: "state", "data-state": status }, icon(statusIcons[status] ?? "clock"), words.status[status] ?? asset.status),
        h("span", {}, words.kind[asset.kind] ?? asset.kind.toUpperCase()),
        h("span", {}, words.chunks(asset.chunk_count)),
        h("span", {}, bytes(asset.size_bytes)),
        h("span", {}, time(asset.updated_at)),
      ),
      asset.error !== null && h("p", { class: "field-error wrap" }, asset.error),
    ),
    h(
      "button",
      { type: "button", class: "button", "data-small": true, "aria-label": strings.removeNamed(name), on: { click: () => remove(asset) } },
      strings.remove,
    ),
  );
}
