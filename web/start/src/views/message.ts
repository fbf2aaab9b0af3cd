import { type Answer, type Citation, headingOf } from "../answer.ts";
import type { ApiError } from "../api/error.ts";
import type { Offer } from "../flow.ts";
import type { Place } from "../api/robofy.ts";
import { fill, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { nameOf } from "../site.ts";
import { strings } from "../strings.ts";
import { bookingCard } from "./booking-card.ts";
import { type Click, type OfferButtons, offerButtons } from "./offer.ts";
import { openCitation } from "./source.ts";

const words = strings.ask;

export function questionItem(query: string): HTMLElement {
  return h("li", { class: "message", "data-from": "visitor" }, h("span", { class: "unseen" }, `${words.you}: `), h("p", { dir: "auto", class: "bubble wrap" }, query));
}

export interface AnswerItem {
  root: HTMLElement;
  show: (answer: Answer, error: ApiError | null) => void;
  /** Shows what can be clicked, once the answer is whole. */
  offer: (offer: Offer, click: Click) => void;
  /** The conversation has gone on: what was offered here cannot be clicked any more. */
  close: () => void;
}

/**
 * One answer in the log. `retry(true)` asks for the very same turn again (the connection broke, the turn did not);
 * `retry(false)` is a new try.
 */
export function answerItem(place: Place, retry: (sameTurn: boolean) => void): AnswerItem {
  const text = h("p", { dir: "auto", class: "bubble wrap", "data-writing": true });
  const quoted = h("div", { class: "quoted" });
  const bookings = h("div", { class: "quoted" });
  const choices = h("div", { class: "quoted" });
  const end = h("div");
  const root = h("li", { class: "message", "data-from": "agent" }, h("span", { class: "unseen" }, `${words.agent}: `), text, quoted, bookings, choices, end);
  let shown = 0;
  let offered: OfferButtons | null = null;

  const again = (sameTurn: boolean) => (): void => {
    root.remove();
    retry(sameTurn);
  };

  const show = (answer: Answer, error: ApiError | null): void => {
    const failed = error ?? (answer.state === "failed" ? new Error(answer.error ?? strings.errors.broken) : null);
    const sameTurn = error === null ? answer.error === null : error.status === 0;
    const writing = answer.state === "writing" && failed === null;
    text.textContent = answer.text;
    text.toggleAttribute("data-writing", writing);
    text.hidden = answer.text === "" && !writing;
    if (answer.citations.length !== shown) {
      shown = answer.citations.length;
      fill(quoted, ...citationList(place, answer.citations));
    }
    if (answer.bookings.length !== bookings.childElementCount) {
      fill(bookings, ...answer.bookings.map((booking) => bookingCard(place, booking)));
    }
    fill(end, answer.state === "stopped" && h("p", { class: "fine" }, words.stopped), failed !== null && errorPanel(failed, again(sameTurn)));
  };
  const offer = (made: Offer, click: Click): void => {
    offered = offerButtons(made, click);
    fill(choices, offered.root);
  };
  return { root, show, offer, close: () => offered?.close() };
}

function citationList(place: Place, citations: Citation[]): HTMLElement[] {
  const items = citations.map((citation) => {
    const name = nameOf(citation) || words.unnamed;
    const heading = headingOf(citation);
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "citation",
          on: { click: () => openCitation(place, citation) },
        },
        h("span", { class: "unseen" }, `${words.quote} `),
        h("span", { class: "citation-number" }, String(citation.index)),
        h("span", { class: "citation-name", dir: "auto" }, name, heading !== "" && h("span", { class: "fine" }, ` ${heading}`)),
        h("span", { class: "unseen" }, `: ${words.showPlace}`),
      ),
    );
  });
  return [h("p", { class: "fine" }, words.sources), h("ol", { class: "citations" }, ...items)];
}
