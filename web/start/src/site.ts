/** Websites that an agent learns: their addresses, and what has changed between two looks at their runs. */

import type { CrawlRun, CrawlSettings, RunPage } from "./api/crawl.ts";

/** What somebody typed, as an address: without a scheme, `https` is meant. */
export function addressOf(typed: string): string {
  const text = typed.trim();
  if (text === "" || /^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    return text;
  }
  return `https://${text.replace(/^\/+/, "")}`;
}

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url);

/**
 * An address for people: no `https://`, letters instead of their percent codes. Codes that stand for spaces, controls or
 * marks that turn the direction stay codes, so that an address cannot look like another one.
 */
export function shownAddress(url: string): string {
  let text = url;
  try {
    const plain = decodeURI(url);
    text = /[\p{C}\p{Z}]/u.test(plain) ? url : plain;
  } catch {
    // No UTF-8: the codes are all that can be shown.
  }
  return text.replace(/^https:\/\//i, "").replace(/^([^/?#]+)\/$/, "$1");
}

/** The name of a source: a page is called as its address is shown. */
export function nameOf(source: { file_name: string | null; source_url: string | null }): string {
  const { file_name: name, source_url: url } = source;
  return name !== null && !isWebAddress(name) ? name : shownAddress(url ?? name ?? "");
}

export const isRunning = (run: CrawlRun): boolean => run.status === "crawling";

/** Which site a run reads: its hosts in the order of its starts, as the server tells sites apart. */
export function siteOf(run: Pick<CrawlRun, "start_urls">): string {
  const hosts = run.start_urls.map((url) => (URL.canParse(url) ? new URL(url).host : url));
  return [...new Set(hosts)].join(" ");
}

/** The address of a run as one line. */
export const titleOf = (run: Pick<CrawlRun, "start_urls">): string => run.start_urls.map(shownAddress).join(", ");

/** What to ask for so that the same is read once more. */
export function settingsOf(run: CrawlRun): CrawlSettings {
  return {
    start_urls: run.start_urls,
    ...(run.max_crawl_pages === undefined ? {} : { max_crawl_pages: run.max_crawl_pages }),
    ...(run.max_crawl_depth === undefined ? {} : { max_crawl_depth: run.max_crawl_depth }),
    ...(run.include_urls === undefined ? {} : { include_urls: run.include_urls }),
    ...(run.exclude_urls === undefined ? {} : { exclude_urls: run.exclude_urls }),
    ...(run.use_sitemap === undefined ? {} : { use_sitemap: run.use_sitemap }),
    ...(run.recrawl_every_hours === undefined ? {} : { recrawl_every_hours: run.recrawl_every_hours }),
  };
}

/** The runs that are known, with the newest ones anew: `page` is the first page, and what it does not reach stays. */
export function merge(known: RunPage, page: RunPage): RunPage {
  const fresh = new Set(page.runs.map((run) => run.run_id));
  const at = known.runs.findLastIndex((run) => fresh.has(run.run_id));
  if (at === -1 || at === known.runs.length - 1) {
    return page;
  }
  return { runs: [...page.runs, ...known.runs.slice(at + 1)], next_page_token: known.next_page_token };
}

export interface Changes {
  /** Runs that were under way and are over. */
  ended: CrawlRun[];
  /** Whether the agent may know other pages than before. */
  hasRead: boolean;
}

export function changesBetween(before: CrawlRun[], after: CrawlRun[]): Changes {
  const known = new Map(before.map((run) => [run.run_id, run]));
  const ended = after.filter((run) => !isRunning(run) && known.get(run.run_id)?.status === "crawling");
  const hasRead = after.some((run) => {
    const last = known.get(run.run_id);
    return last !== undefined && last.pages_crawled !== run.pages_crawled;
  });
  return { ended, hasRead: hasRead || ended.length > 0 };
}
