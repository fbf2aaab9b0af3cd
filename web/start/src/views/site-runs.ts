import { type CrawlRun, listRuns, type RunPage, startCrawl } from "../api/crawl.ts";
import { ApiError } from "../api/error.ts";
import type { Place } from "../api/robofy.ts";
import { arrange, fill, goneFrom, h, randomKey } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { poll } from "../parts/poll.ts";
import { announce } from "../parts/status.ts";
import { changesBetween, isRunning, merge, settingsOf, siteOf, titleOf } from "../site.ts";
import { strings } from "../strings.ts";
import { siteForm } from "./site-form.ts";
import { type RunItem, runItem } from "./site-run.ts";

const words = strings.sites;
/** So many runs are shown at first. */
const few = 5;
/** Milliseconds between two looks at runs that are under way. */
const lookEvery = 1_500;
/** Milliseconds between two calls of `changed` while pages are being read; a run that ends is told at once. */
const tellEvery = 5_000;

/** Takes a website's address, and shows how far the agent's websites are. `changed`: it may know other pages than before. */
export function sitesView(place: Place, changed: () => Promise<void>): HTMLElement {
  const list = h("ul", { class: "runs" });
  const below = h("div");
  const root = h("div", { class: "stack" });
  const items = new Map<string, RunItem>();
  let known: RunPage = { runs: [], next_page_token: null };
  let isFirst = true;
  let lastTold = 0;

  const show = (): void => {
    const sites = new Set<string>();
    const shown = known.runs.map((run) => {
      const site = siteOf(run);
      const isNewest = !sites.has(site);
      sites.add(site);
      const item = items.get(run.run_id) ?? runItem(place, run, { again, edit: form.edit, look });
      items.set(run.run_id, item);
      item.update(run, isNewest);
      return item.root;
    });
    arrange(list, shown);
    list.hidden = shown.length === 0;
    const token = known.next_page_token;
    fill(below, token !== null && h("button", { type: "button", class: "button", on: { click: () => void more(token) } }, words.earlier));
  };

  const ask = async (): Promise<boolean> => {
    const size = Math.max(few, known.runs.findLastIndex(isRunning) + 1);
    let page: RunPage;
    try {
      page = await listRuns(place, size, null);
    } catch (error) {
      fill(below, isFirst ? errorPanel(error, () => void look()) : h("p", { class: "fine" }, words.away));
      if (isFirst) {
        return false;
      }
      throw error;
    }
    const before = known.runs;
    isFirst = false;
    known = merge(known, page);
    show();
    tell(before);
    return known.runs.some(isRunning);
  };
  const look = poll({ ask, every: lookEvery, isOver: goneFrom(root) });

  /** Tells what has changed since `before`. */
  const tell = (before: CrawlRun[]): void => {
    const { ended, hasRead } = changesBetween(before, known.runs);
    for (const run of ended) {
      announce(words.ended(titleOf(run), run.status, run.pages_crawled, run.pages_failed));
    }
    if (ended.length > 0 || (hasRead && Date.now() - lastTold >= tellEvery)) {
      lastTold = Date.now();
      void changed();
    }
  };

  const more = async (token: string): Promise<void> => {
    try {
      const page = await listRuns(place, few, token);
      const at = known.runs.length;
      known = { runs: [...known.runs, ...page.runs], next_page_token: page.next_page_token };
      show();
      list.children[at]?.querySelector<HTMLElement>("a, button")?.focus();
    } catch (error) {
      fill(below, errorPanel(error, () => void more(token)));
    }
  };

  const begun = async (runId: string, starts: string[]): Promise<void> => {
    announce(words.begun(titleOf({ start_urls: starts })));
    await look();
    items.get(runId)?.root.scrollIntoView({ block: "nearest" });
  };

  let key = randomKey();
  const again = async (run: CrawlRun): Promise<void> => {
    try {
      const runId = await startCrawl(place, settingsOf(run), key);
      key = randomKey();
      await begun(runId, run.start_urls);
      items.get(runId)?.focus();
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) {
        throw error;
      }
      await look(); // Somebody else was faster: it shows in the list.
    }
  };

  const form = siteForm(place, begun);
  root.append(h("h3", {}, words.title), form.root, list, below);
  list.hidden = true;
  void look();
  return root;
}
