import { ApiError } from "../api/error.ts";
import { logIn, type SignUp, signUp } from "../api/robofy.ts";
import { fill, h } from "../parts/dom.ts";
import { type Field, field, form } from "../parts/form.ts";
import { announce } from "../parts/status.ts";
import { recall, remember } from "../store.ts";
import { strings } from "../strings.ts";

const words = strings.signIn;
const knownHere = "robofy.start.known";

/** Sign-up and login. A browser that has had an account here begins with login. */
export function signInView(signedIn: () => Promise<void>, notice: string | null): HTMLElement {
  const card = h("section", { class: "card", "data-pad": true });

  const done = async (): Promise<void> => {
    remember(knownHere, "1");
    await signedIn();
    announce(words.signedIn);
  };

  const show = (mode: "sign-up" | "log-in", focus: boolean): void => {
    const other = mode === "sign-up" ? "log-in" : "sign-up";
    fill(
      card,
      h("h2", { tabindex: -1 }, mode === "sign-up" ? words.signUpTitle : words.logInTitle),
      notice !== null && h("p", { class: "panel", role: "status" }, notice),
      mode === "sign-up" ? signUpForm(done) : logInForm(done),
      h(
        "button",
        { type: "button", class: "link", on: { click: () => show(other, true) } },
        mode === "sign-up" ? words.toLogIn : words.toSignUp,
      ),
    );
    if (focus) {
      card.querySelector("input")?.focus();
    }
  };
  show(notice !== null || recall(knownHere) !== null ? "log-in" : "sign-up", false);

  return h(
    "div",
    { class: "welcome" },
    h(
      "div",
      { class: "pitch" },
      h("h1", {}, words.pitch),
      h("ol", { class: "steps" }, ...words.steps.map(([name, about]) => h("li", {}, h("strong", {}, name), h("p", {}, about)))),
    ),
    card,
  );
}

const email = (): Field =>
  field({ name: "email", label: words.email, attributes: { type: "email", autocomplete: "username", inputmode: "email", dir: "ltr" } });

function signUpForm(done: () => Promise<void>): HTMLFormElement {
  const address = email();
  const password = field({
    name: "password",
    label: words.password,
    hint: words.passwordHint,
    attributes: { type: "password", autocomplete: "new-password", minlength: 10, dir: "ltr" },
  });
  const name = field({ name: "name", label: words.name, optional: true, attributes: { autocomplete: "name" } });
  const company = field({ name: "company", label: words.company, optional: true, attributes: { autocomplete: "organization" } });
  const code = field({
    name: "setup_code",
    label: words.setupCode,
    hint: words.setupCodeHint,
    optional: true,
    attributes: { autocomplete: "off", spellcheck: "false", dir: "ltr" },
  });
  code.root.hidden = true;

  const send = async (): Promise<void> => {
    const body: SignUp = { email: address.control.value.trim(), password: password.control.value };
    for (const one of [name, company, code]) {
      const value = one.control.value.trim();
      if (value !== "") {
        body[one.control.name as "name" | "company" | "setup_code"] = value;
      }
    }
    try {
      await signUp(body);
    } catch (error) {
      if (asksForCode(error) && code.root.hidden) {
        code.root.hidden = false;
        code.control.required = true;
        code.root.querySelector("label .fine")?.remove();
        code.control.focus();
      }
      throw error;
    }
    await done();
  };
  return form({ fields: [address, password, name, company, code], submit: words.signUp, label: words.signUpTitle, send });
}

/** The first sign-up from another machine needs the code that the server printed. */
function asksForCode(error: unknown): boolean {
  return error instanceof ApiError && (error.field("setup_code") !== null || /\bsetup_code\b/.test(error.message));
}

function logInForm(done: () => Promise<void>): HTMLFormElement {
  const address = email();
  const password = field({
    name: "password",
    label: words.password,
    attributes: { type: "password", autocomplete: "current-password", dir: "ltr" },
  });
  const send = async (): Promise<void> => {
    await logIn(address.control.value.trim(), password.control.value);
    await done();
  };
  return form({ fields: [address, password], submit: words.logIn, label: words.logInTitle, send });
}
