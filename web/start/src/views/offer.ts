import type { Action, ActionKind, Offer } from "../flow.ts";
import { h } from "../parts/dom.ts";
import { strings } from "../strings.ts";

const words = strings.ask;

export type Click = (label: string, action: Action) => void;

export interface OfferButtons {
  root: HTMLElement;
  /** Takes no more clicks. The buttons stay where they are, so that the keyboard keeps its place. */
  close: () => void;
}

/** The choices of an open flow as buttons; one click, then all of them rest. */
export function offerButtons(offer: Offer, click: Click): OfferButtons {
  let open = true;
  const close = (): void => {
    open = false;
    for (const one of buttons) {
      one.setAttribute("aria-disabled", "true");
    }
  };
  const button = (kind: ActionKind, label: string, value?: string): HTMLButtonElement => {
    const press = (): void => {
      if (open) {
        close();
        click(label, { kind, flow_id: offer.flowId, step: offer.step, ...(value === undefined ? {} : { value }) });
      }
    };
    const isWayOut = kind === "skip" || kind === "cancel_flow";
    return h("button", { type: "button", class: "button choice", dir: "auto", "data-quiet": isWayOut, on: { click: press } }, label);
  };
  const buttons = offer.choices.map((choice) => button(choice.kind, choice.label, choice.value));
  if (offer.canSkip) {
    buttons.push(button("skip", words.skip));
  }
  if (offer.canStop) {
    buttons.push(button("cancel_flow", words.stopFlow));
  }
  return { root: h("div", { class: "choices", role: "group", "aria-label": words.choices }, ...buttons), close };
}
