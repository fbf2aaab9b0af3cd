import { type Citation, headingOf } from "../answer.ts";
import { ApiError } from "../api/error.ts";
import { assetText, type LinkedAsset, type Place } from "../api/robofy.ts";
import { openDialog } from "../parts/dialog.ts";
import { type Child, fill, h } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { locate } from "../quote.ts";
import { isWebAddress, nameOf } from "../site.ts";
import { strings } from "../strings.ts";

const words = strings.source;
/** Bytes of context on either side of a quote; the whole text is one press away. */
const around = 2_000;

/** Shows the stored text of a source. */
export function openSource(place: Place, asset: LinkedAsset): void {
  const body = h("div", { class: "dialog-body" });
  openDialog(nameOf(asset), pageLink(asset.source_url), body);
  const load = async (): Promise<void> => {
    fill(body, h("p", { class: "loading" }, strings.loading));
    try {
      const text = await assetText(place, asset.asset_id, null);
      fill(body, text === "" ? h("p", { class: "empty" }, words.empty) : textBlock(text));
    } catch (error) {
      fill(body, errorPanel(error, () => void load()));
    }
  };
  void load();
}

/** Shows where a quote stands: the text of the very version that was quoted, with the quote marked. */
export function openCitation(place: Place, citation: Citation): void {
  const body = h("div", { class: "dialog-body" });
  const heading = headingOf(citation);
  const link = pageLink(citation.source_url);
  openDialog(nameOf(citation) || strings.ask.unnamed, heading !== "" && h("p", { class: "fine", dir: "auto" }, heading), link, body);

  const { asset_id: assetId, start, end } = citation;
  if (assetId === null || start === null || end === null) {
    fill(body, h("p", {}, words.pair), quoteAlone(citation));
    return;
  }
  const show = (text: string, width: number): void => {
    const found = locate(text, start, end, width);
    if (found === null || found.quote !== citation.quote) {
      fill(body, h("p", {}, words.changed), quoteAlone(citation));
      return;
    }
    const mark = h("mark", {}, found.quote);
    const cut = found.cutBefore || found.cutAfter;
    fill(
      body,
      cut && h("p", { class: "fine" }, words.excerpt, " ", wholeButton(() => show(text, Infinity))),
      textBlock(found.cutBefore && "… ", found.before, mark, found.after, found.cutAfter && " …"),
    );
    mark.scrollIntoView({ block: "center" });
  };
  const load = async (): Promise<void> => {
    fill(body, h("p", { class: "loading" }, strings.loading));
    try {
      show(await assetText(place, assetId, citation.version), around);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        fill(body, h("p", {}, words.gone), quoteAlone(citation));
        return;
      }
      fill(body, errorPanel(error, () => void load()));
    }
  };
  void load();
}

function pageLink(url: string | null): HTMLElement | null {
  return url === null || !isWebAddress(url)
    ? null
    : h("p", {}, h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words.page));
}

const wholeButton = (click: () => void): HTMLElement => h("button", { type: "button", class: "link", on: { click } }, words.whole);

const quoteAlone = (citation: Citation): HTMLElement => h("blockquote", { class: "quote", dir: "auto" }, h("mark", {}, citation.quote));

const textBlock = (...parts: Child[]): HTMLElement =>
  h("div", { class: "source-text", dir: "auto", tabindex: 0, role: "region", "aria-label": words.text }, ...parts);
