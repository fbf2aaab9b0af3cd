import { type AssetPage, deleteAsset, type LinkedAsset, listAssets, type Place } from "../api/robofy.ts";
import { confirm } from "../parts/confirm.ts";
import { fill, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { type Icon, icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { bytes, strings, time } from "../strings.ts";
import { openSource } from "./source.ts";

const words = strings.sources;
const statusIcons: Record<string, Icon> = { active: "check", processing: "clock", failed: "warning" };
const searchFrom = 6;
const pollEvery = 2_000;

export interface SourcesView {
  root: HTMLElement;
  refresh: () => Promise<void>;
}

/** The sources linked to the agent: state, size, text and deletion. */
export function sourcesView(place: Place): SourcesView {
  const list = h("ul", { class: "rows" });
  const below = h("div");
  const find = h("input", { type: "search", class: "control", "aria-label": words.find, placeholder: words.find, dir: "auto", hidden: true });
  const heading = h("h3", { tabindex: -1 }, words.title);
  const root = h("section", { class: "stack" }, heading, find, list, below);
  let assets: LinkedAsset[] = [];
  let next: string | null = null;
  let poll: ReturnType<typeof setTimeout> | undefined;

  const show = (): void => {
    const query = find.value.trim().toLocaleLowerCase();
    const found = assets.filter((asset) => asset.file_name.toLocaleLowerCase().includes(query));
    find.hidden = assets.length < searchFrom && next === null;
    fill(list, ...found.map((asset) => row(asset)));
    list.hidden = found.length === 0;
    fill(below, ...(found.length === 0 && next === null ? nothing(query) : []), next !== null && moreButton());
  };

  const nothing = (query: string): HTMLElement[] => {
    if (query === "") {
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

  const moreButton = (): HTMLElement =>
    h("button", { type: "button", class: "button", on: { click: () => void load(next) } }, strings.more);

  const load = async (token: string | null): Promise<void> => {
    clearTimeout(poll);
    try {
      const page: AssetPage = await listAssets(place, token);
      assets = token === null ? page.assets : [...assets, ...page.assets];
      next = page.next_page_token;
      show();
      if (assets.some((asset) => asset.status.toLowerCase() === "processing")) {
        poll = setTimeout(() => root.isConnected && void load(null), pollEvery);
      }
    } catch (error) {
      fill(below, errorPanel(error, () => void load(token)));
    }
  };

  const remove = async (asset: LinkedAsset): Promise<void> => {
    await deleteAsset(place, asset.asset_id);
    assets = assets.filter((one) => one.asset_id !== asset.asset_id);
    show();
    announce(words.removed(asset.file_name));
  };

  const ask = (asset: LinkedAsset): void =>
    confirm({
      title: words.removeTitle(asset.file_name),
      about: words.removeAbout,
      yes: strings.remove,
      act: () => remove(asset),
      done: () => (list.querySelector("button") ?? heading).focus(),
    });

  const row = (asset: LinkedAsset): HTMLElement => {
    const status = asset.status.toLowerCase();
    return h(
      "li",
      { class: "row" },
      h(
        "div",
        { class: "row-main" },
        h(
          "button",
          { type: "button", class: "link wrap", dir: "auto", "aria-label": words.open(asset.file_name), on: { click: () => openSource(place, asset) } },
          asset.file_name,
        ),
        h(
          "p",
          { class: "fine facts-line" },
          h("span", { class: "state", "data-state": status }, icon(statusIcons[status] ?? "clock"), words.status[status] ?? asset.status),
          h("span", {}, words.chunks(asset.chunk_count)),
          h("span", {}, bytes(asset.size_bytes)),
          h("span", {}, time(asset.created_at)),
        ),
        asset.error !== null && h("p", { class: "field-error" }, asset.error),
      ),
      h(
        "button",
        {
          type: "button",
          class: "button",
          "data-small": true,
          "aria-label": strings.removeNamed(asset.file_name),
          on: { click: () => ask(asset) },
        },
        strings.remove,
      ),
    );
  };

  find.addEventListener("input", show);
  list.append(...Array.from({ length: 3 }, () => h("li", { class: "row skeleton", "aria-hidden": true })));
  void load(null);
  return { root, refresh: () => load(null) };
}
