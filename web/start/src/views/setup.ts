import "../styles/work.css";
import type { Place } from "../api/robofy.ts";
import { h } from "../parts/dom.ts";
import { strings } from "../strings.ts";
import { bookingSetup } from "./booking-setup.ts";
import { leadFormCard } from "./lead-form.ts";

/** What an agent asks of visitors, and what they can book with it. */
export async function setupView(place: Place): Promise<HTMLElement> {
  const [form, booking] = await Promise.all([leadFormCard(place), bookingSetup(place)]);
  return h("div", { class: "pair", "data-start": true }, h("h2", { class: "unseen", tabindex: -1 }, strings.views.setup), form, booking);
}
