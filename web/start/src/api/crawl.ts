/** Calls about websites that an agent learns (part 8 of the contract). */

import { call, callBare } from "./client.ts";
import { part, type Place } from "./robofy.ts";

/** How a site is read; what is left out is as the server has it without a wish. */
export interface CrawlSettings {
  start_urls: string[];
  max_crawl_pages?: number;
  max_crawl_depth?: number;
  include_urls?: string[];
  exclude_urls?: string[];
  use_sitemap?: "0" | "1";
  /** `null`: only when it is asked for. */
  recrawl_every_hours?: number | null;
}

export interface CrawlError {
  url: string;
  error: string;
}

/** One reading of a site, under way or over. */
export interface CrawlRun extends CrawlSettings {
  run_id: string;
  /** `crawling`, `completed`, `failed` or `cancelled`. */
  status: string;
  started_at: string;
  finished_at: string | null;
  pages_found: number;
  pages_crawled: number;
  pages_failed: number;
  /** What the owner should know of it. */
  notice: string | null;
  /** Some of the pages that could not be read, not always all. */
  errors: CrawlError[];
}

export interface RunPage {
  runs: CrawlRun[];
  next_page_token: string | null;
}

/** Gives the id of the run that has begun. */
export const startCrawl = async (place: Place, settings: CrawlSettings, idempotencyKey: string): Promise<string> => {
  const { start_urls: starts, recrawl_every_hours: again, ...rest } = settings;
  const body = {
    project_id: String(place.projectId),
    chatbot_id: place.chatbotId,
    start_urls: starts.map((url) => ({ url })),
    ...rest,
    ...(typeof again === "number" ? { recrawl_every_hours: again } : {}),
  };
  return (await callBare<{ run_id: string }>("POST", "/v1/ai-agent/crawl_website", { body, idempotencyKey })).run_id;
};

/** An agent's runs, the newest first. */
export const listRuns = (place: Place, size: number, pageToken: string | null): Promise<RunPage> => {
  const query = new URLSearchParams({ pageSize: String(size) });
  if (pageToken !== null) {
    query.set("nextPageToken", pageToken);
  }
  return call<RunPage>("GET", `/v1/ai-agent/crawl_status/${part(place.projectId)}/${part(place.chatbotId)}?${query.toString()}`);
};

/** What has been read stays; the run ends once the page that is being read is done. */
export const cancelCrawl = (place: Place, runId: string): Promise<unknown> =>
  call("POST", `/v1/ai-agent/crawl_cancel/${part(place.projectId)}/${part(runId)}`, { body: {} });
