import { revealKey } from "../api/robofy.ts";
import { copyButton } from "../parts/copy.ts";
import { fill, h } from "../parts/dom.ts";
import { field, form } from "../parts/form.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";

const words = strings.key;

const button = (label: string, click: () => void): HTMLButtonElement =>
  h("button", { type: "button", class: "button", on: { click } }, label);

/** The primary API key: hidden, shown after the password is entered again, and hidden again at will. */
export function keyCard(email: string): HTMLElement {
  const body = h("div", { class: "stack" });

  const showHidden = (focus: boolean): void => {
    const show = button(words.show, askPassword);
    fill(body, h("code", { class: "code", dir: "ltr", "aria-hidden": true }, words.mask), h("div", {}, show));
    if (focus) {
      show.focus();
      announce(words.hidden);
    }
  };

  const askPassword = (): void => {
    const password = field({
      name: "password",
      label: words.password,
      attributes: { type: "password", autocomplete: "current-password", dir: "ltr" },
    });
    const asking = form({
      fields: [password],
      submit: words.confirm,
      label: words.show,
      send: async () => showKey(await revealKey(password.control.value)),
      aside: button(strings.cancel, () => showHidden(true)),
    });
    // Password managers look for the name that the password belongs to.
    asking.prepend(h("input", { type: "text", name: "username", autocomplete: "username", value: email, hidden: true }));
    fill(body, asking);
    password.control.focus();
  };

  const showKey = (key: string): void => {
    const code = h("code", { class: "code wrap", dir: "ltr", "aria-label": words.label }, key);
    const copy = copyButton(code, words.label);
    fill(body, code, h("div", { class: "form-end" }, copy, button(words.hide, () => showHidden(true))));
    copy.focus();
    announce(words.shown);
  };

  showHidden(false);
  return h("section", { class: "card", "data-pad": true }, h("h2", {}, words.title), h("p", { class: "about" }, words.about), body);
}
