import { describe, expect, it } from "vitest";
import type { CrawlRun, RunPage } from "./api/crawl.ts";
import { addressOf, changesBetween, linesOf, merge, nameOf, settingsOf, shownAddress, siteOf } from "./site.ts";

const run = (id: string, more: Partial<CrawlRun> = {}): CrawlRun => ({
  run_id: id,
  status: "completed",
  start_urls: ["https://example.com/"],
  started_at: "2026-11-30 04:00:00",
  finished_at: null,
  pages_found: 0,
  pages_crawled: 0,
  pages_failed: 0,
  notice: null,
  errors: [],
  ...more,
});
const page = (ids: string, next: string | null = null): RunPage => ({ runs: [...ids].map((id) => run(id)), next_page_token: next });
const idsOf = (one: RunPage): string => one.runs.map((each) => each.run_id).join("");

describe("what somebody types", () => {
  it.each([
    [" example.com ", "https://example.com"],
    ["//example.com/a", "https://example.com/a"],
    ["http://example.com", "http://example.com"],
    ["HTTPS://example.com", "HTTPS://example.com"],
    ["localhost:8080/a", "https://localhost:8080/a"],
    ["example.com/?next=http://other.example", "https://example.com/?next=http://other.example"],
    ["ftp://example.com", "ftp://example.com"],
    ["  ", ""],
  ])("%j is the address %j", (typed, address) => {
    expect(addressOf(typed)).toBe(address);
  });

  it("has lines, and those that say nothing do not count", () => {
    expect(linesOf(" /docs/*\r\n\n  \n/blog/* ")).toEqual(["/docs/*", "/blog/*"]);
    expect(linesOf("")).toEqual([]);
  });
});

describe("an address for people", () => {
  it.each([
    ["https://example.com/", "example.com"],
    ["http://example.com/", "http://example.com/"],
    ["https://example.com/a/", "example.com/a/"],
    ["https://example.com/caf%C3%A9?q=%D8%B3", "example.com/café?q=س"],
    ["https://example.com/a%2Fb", "example.com/a%2Fb"],
    ["https://example.com/%E2%80%AEfdp.exe", "example.com/%E2%80%AEfdp.exe"],
    ["https://example.com/a%20b", "example.com/a%20b"],
    ["https://example.com/%FF", "example.com/%FF"],
    ["no address", "no address"],
  ])("of %s is %s", (url, shown) => {
    expect(shownAddress(url)).toBe(shown);
  });
});

describe("the name of a source", () => {
  it.each([
    ["prices.pdf", null, "prices.pdf"],
    ["prices.pdf", "https://example.com/files/prices.pdf", "prices.pdf"],
    ["https://example.com/", "https://example.com/", "example.com"],
    // A long name was cut, the address was not.
    ["https://example.com/lo", "https://example.com/long", "example.com/long"],
    ["https://example.com/x", null, "example.com/x"],
    [null, null, ""],
  ])("%j at %j is %j", (fileName, url, name) => {
    expect(nameOf({ file_name: fileName, source_url: url })).toBe(name);
  });
});

describe("runs", () => {
  it("of the same hosts are of one site", () => {
    expect(siteOf({ start_urls: ["https://a.example/x", "https://a.example/y"] })).toBe("a.example");
    expect(siteOf({ start_urls: ["http://a.example:81/", "https://b.example/"] })).toBe("a.example:81 b.example");
    expect(siteOf({ start_urls: ["odd"] })).toBe("odd");
  });

  it("are read again as they were read", () => {
    expect(settingsOf(run("a"))).toEqual({ start_urls: ["https://example.com/"] });
    const settings = {
      start_urls: ["https://example.com/docs/"],
      max_crawl_pages: 20,
      max_crawl_depth: 2,
      include_urls: ["/docs/*"],
      exclude_urls: [],
      use_sitemap: "0",
      recrawl_every_hours: 24,
    } as const;
    expect(settingsOf(run("a", { ...settings, start_urls: [...settings.start_urls], include_urls: ["/docs/*"], exclude_urls: [] }))).toEqual(settings);
  });

  it("that were loaded stay when the first page comes anew", () => {
    const known = page("edcba", "after-a");
    expect(merge(known, page("gfe", "after-e"))).toMatchObject({ next_page_token: "after-a" });
    expect(idsOf(merge(known, page("gfe", "after-e")))).toBe("gfedcba");
    expect(idsOf(merge(known, page("edc", "after-c")))).toBe("edcba");
  });

  it("make no gap when more have come than a page holds", () => {
    const merged = merge(page("cba", "after-a"), page("zyx", "after-x"));
    expect([idsOf(merged), merged.next_page_token]).toEqual(["zyx", "after-x"]);
  });

  it("that ended or read something are told apart from those that stand still", () => {
    const running = run("a", { status: "crawling", pages_crawled: 3 });
    expect(changesBetween([], [running])).toEqual({ ended: [], hasRead: false });
    expect(changesBetween([running], [running])).toEqual({ ended: [], hasRead: false });
    const on = { ...running, pages_crawled: 4 };
    expect(changesBetween([running], [on])).toEqual({ ended: [], hasRead: true });
    const over = { ...running, status: "cancelled" };
    expect(changesBetween([running], [over])).toEqual({ ended: [over], hasRead: true });
    expect(changesBetween([over], [over])).toEqual({ ended: [], hasRead: false });
  });
});
