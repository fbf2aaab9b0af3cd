import { cancelCrawl, type CrawlError, type CrawlRun } from "../api/crawl.ts";
import type { Place } from "../api/robofy.ts";
import { arrange, fill, h, write } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { type Icon, icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { webLink } from "../parts/web-link.ts";
import { isRunning, shownAddress, titleOf } from "../site.ts";
import { strings, time } from "../strings.ts";

const words = strings.sites;
const statusIcons: Record<string, Icon> = { crawling: "clock", completed: "check", failed: "warning", cancelled: "cross" };

export interface RunItem {
  root: HTMLElement;
  /** Shows the run as it is now; only the newest run of a site can be read again. */
  update: (run: CrawlRun, isNewest: boolean) => void;
  focus: () => void;
}

export interface RunActions {
  /** Reads the same once more. */
  again: (run: CrawlRun) => Promise<void>;
  edit: (run: CrawlRun) => void;
  /** Something has been asked of the run: it is worth a look. */
  look: () => Promise<void>;
}

/** One reading of a website: how far it is, what came of it, and what can be done. It changes in its place. */
export function runItem(place: Place, first: CrawlRun, actions: RunActions): RunItem {
  const title = titleOf(first);
  let run = first;
  let isStopping = false;

  const state = h("span", { class: "state" });
  const found = h("span");
  const read = h("span");
  const unread = h("span");
  const repeats = h("span");
  const when = h("span");
  const bar = h("progress", { class: "progress", "aria-label": words.progress(title) });
  const notice = h("div");
  const problem = h("div");
  const failures = failureList();

  /** Does what a button is for, once at a time; what goes wrong is told here. */
  const acting = (button: HTMLElement, act: () => Promise<void>) => async (): Promise<void> => {
    if (button.getAttribute("aria-disabled") === "true") {
      return;
    }
    fill(problem);
    button.setAttribute("aria-disabled", "true");
    try {
      await act();
    } catch (error) {
      isStopping = false;
      write(cancel, strings.cancel);
      fill(problem, errorPanel(error));
    } finally {
      if (button !== cancel || !isStopping) {
        button.removeAttribute("aria-disabled");
      }
    }
  };
  const button = (label: string, act: () => Promise<void>): HTMLButtonElement => {
    const made = h("button", { type: "button", class: "button", "data-small": true, "aria-label": words.of(label, title) }, label);
    made.addEventListener("click", () => void acting(made, act)());
    return made;
  };
  const cancel = button(strings.cancel, async () => {
    isStopping = true;
    write(cancel, words.stopping);
    cancel.setAttribute("aria-label", words.of(words.stopping, title));
    await cancelCrawl(place, run.run_id);
    announce(words.cancelling(title));
    await actions.look();
  });
  const again = button(words.readAgain, () => actions.again(run));
  const change = button(words.change, async () => actions.edit(run));

  const root = h(
    "li",
    { class: "run" },
    h(
      "div",
      { class: "run-head" },
      h("div", { class: "run-title" }, ...first.start_urls.map((url) => webLink(url, shownAddress(url)))),
      h("div", { class: "run-buttons" }, cancel, again, change),
    ),
    h("p", { class: "fine facts-line" }, state, found, read, unread, repeats, when),
    bar,
    notice,
    failures.root,
    problem,
  );

  let shownStatus = "";
  const update = (now: CrawlRun, isNewest: boolean): void => {
    run = now;
    const running = isRunning(now);
    if (now.status !== shownStatus) {
      shownStatus = now.status;
      state.setAttribute("data-state", now.status);
      fill(state, icon(statusIcons[now.status] ?? "clock"), words.status[now.status] ?? now.status);
    }
    write(found, words.found(now.pages_found));
    write(read, words.read(now.pages_crawled));
    write(unread, words.unread(now.pages_failed));
    unread.toggleAttribute("data-failed", now.pages_failed > 0);
    write(when, time(now.finished_at ?? now.started_at));
    const hours = now.recrawl_every_hours ?? null;
    write(repeats, hours === null || !isNewest ? "" : words.repeats(hours));
    showProgress(bar, now);
    showNotice(notice, now);
    failures.update(now);

    const lostFocus = !running && document.activeElement === cancel;
    cancel.hidden = !running;
    again.hidden = running || !isNewest;
    change.hidden = again.hidden || now.start_urls.length !== 1;
    if (lostFocus) {
      focus();
    }
  };
  const focus = (): void => [cancel, again].find((one) => !one.hidden)?.focus();
  return { root, update, focus };
}

function showProgress(bar: HTMLProgressElement, run: CrawlRun): void {
  bar.hidden = !isRunning(run);
  const done = run.pages_crawled + run.pages_failed;
  if (run.pages_found === 0) {
    bar.removeAttribute("value");
    bar.removeAttribute("aria-valuetext");
    return;
  }
  bar.max = run.pages_found;
  bar.value = done;
  bar.setAttribute("aria-valuetext", words.progressValue(done, run.pages_found));
}

function showNotice(place: HTMLElement, run: CrawlRun): void {
  if (run.notice === null) {
    fill(place);
  } else if (place.textContent !== run.notice) {
    const kind = run.status === "failed" ? "danger" : "warn";
    fill(place, h("div", { class: "panel", "data-kind": kind }, icon("warning"), h("p", { class: "panel-body", dir: "auto" }, run.notice)));
  }
}

/** The pages that could not be read, with the reasons. It stays open while it grows. */
function failureList(): { root: HTMLElement; update: (run: CrawlRun) => void } {
  const summary = h("summary");
  const list = h("ul", { class: "failures" });
  const rest = h("p", { class: "fine" });
  const root = h("details", { class: "run-failures", hidden: true }, summary, list, rest);
  const items = new Map<string, HTMLElement>();
  const item = (error: CrawlError): HTMLElement => {
    const key = JSON.stringify(error);
    const made =
      items.get(key) ?? h("li", {}, webLink(error.url, shownAddress(error.url)), h("p", { class: "fine wrap", dir: "auto" }, error.error));
    items.set(key, made);
    return made;
  };
  const update = (run: CrawlRun): void => {
    root.hidden = run.errors.length === 0;
    write(summary, words.failures(Math.max(run.pages_failed, run.errors.length)));
    arrange(list, run.errors.map(item));
    rest.hidden = run.errors.length >= run.pages_failed;
    write(rest, words.someShown(run.errors.length, run.pages_failed));
  };
  return { root, update };
}
