import { type CrawlRun, type CrawlSettings, startCrawl } from "../api/crawl.ts";
import { ApiError } from "../api/error.ts";
import type { Place } from "../api/robofy.ts";
import { h } from "../parts/dom.ts";
import { type Field, field, type FieldOptions, form } from "../parts/form.ts";
import { keyPerBody } from "../parts/once.ts";
import { addressOf, linesOf, settingsOf } from "../site.ts";
import { strings } from "../strings.ts";

const words = strings.sites;
const usualPages = 500;
const mostPages = 10_000;
const usualHours = [24, 168];

export interface SiteForm {
  root: HTMLElement;
  /** Shows how a site was read, to be changed and read again. */
  edit: (run: CrawlRun) => void;
}

/** Takes a web address and reads what is there. */
export function siteForm(place: Place, begun: (runId: string, starts: string[]) => Promise<void>): SiteForm {
  const more = h("details", { class: "more" });
  /** A field that opens what it lies in when something is wrong with it. */
  const inside = (options: FieldOptions): Field => {
    const made = field({ ...options, covers: (name) => name.startsWith(options.name) });
    const setError = (text: string | null): void => {
      more.open ||= text !== null;
      made.setError(text);
    };
    return { ...made, setError };
  };
  const typed = { dir: "ltr", autocapitalize: "none", spellcheck: "false" };
  const address = field({
    name: "start_urls",
    label: words.address,
    hint: words.addressHint,
    covers: (name) => name.startsWith("start_urls"),
    attributes: { ...typed, inputmode: "url", autocomplete: "url", maxlength: 2_048 },
  });
  const pages = inside({
    name: "max_crawl_pages",
    label: words.mostPages,
    value: String(usualPages),
    attributes: { type: "number", min: 1, max: mostPages, inputmode: "numeric" },
  });
  const repeat = inside({ name: "recrawl_every_hours", label: words.repeat, choices: choicesWith(null), attributes: { required: false } });
  const patterns = (name: string, label: string, hint: string): Field =>
    inside({ name, label, hint, multiline: true, attributes: { ...typed, required: false, rows: 2 } });
  const only = patterns("include_urls", words.only, words.onlyHint);
  const except = patterns("exclude_urls", words.except, words.exceptHint);
  more.append(
    h("summary", {}, words.more),
    h(
      "div",
      { class: "stack more-body" },
      h("div", { class: "field-pair" }, pages.root, repeat.root),
      h("div", { class: "field-pair" }, only.root, except.root),
    ),
  );

  /** How the site that is being changed was read, for what this form does not show. */
  let changed: CrawlSettings | null = null;
  const settings = (): CrawlSettings => {
    const start = addressOf(address.control.value);
    return {
      ...(changed?.start_urls[0] === start ? changed : {}),
      start_urls: [start],
      max_crawl_pages: Number(pages.control.value),
      include_urls: linesOf(only.control.value),
      exclude_urls: linesOf(except.control.value),
      recrawl_every_hours: repeat.control.value === "" ? null : Number(repeat.control.value),
    };
  };
  const show = (one: CrawlSettings | null): void => {
    changed = one;
    address.control.value = one?.start_urls[0] ?? "";
    pages.control.value = String(one?.max_crawl_pages ?? usualPages);
    only.control.value = (one?.include_urls ?? []).join("\n");
    except.control.value = (one?.exclude_urls ?? []).join("\n");
    const hours = one?.recrawl_every_hours ?? null;
    repeat.control.replaceChildren(...choicesWith(hours).map(([value, label]) => h("option", { value }, label)));
    repeat.control.value = hours === null ? "" : String(hours);
    more.open = one !== null;
    for (const each of fields) {
      each.setError(null);
    }
  };

  let keyOf = keyPerBody();
  const send = async (): Promise<void> => {
    const wanted = settings();
    try {
      const runId = await startCrawl(place, wanted, keyOf(wanted));
      keyOf = keyPerBody(); // The same once more is another reading.
      show(null);
      await begun(runId, wanted.start_urls);
    } catch (error) {
      throw error instanceof ApiError && error.status === 409 ? taken(error) : error;
    }
  };
  const fields = [address, pages, repeat, only, except];
  const root = form({ fields, layout: [address.root, more], submit: words.learn, label: words.learn, send });
  const edit = (run: CrawlRun): void => {
    show(settingsOf(run));
    address.control.focus();
  };
  return { root, edit };
}

/** Never, the usual times, and one that another program may have chosen. */
function choicesWith(hours: number | null): Array<[value: string, label: string]> {
  const all = hours === null || usualHours.includes(hours) ? usualHours : [...usualHours, hours];
  return [["", words.never], ...all.map((one): [string, string] => [String(one), words.every(one)])];
}

const taken = (error: ApiError): ApiError =>
  new ApiError({
    code: error.code,
    status: error.status,
    detail: words.already,
    requestId: error.requestId,
    fields: [{ field: "start_urls", code: error.code, detail: words.already }],
  });
