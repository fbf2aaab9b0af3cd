/** Forms with their errors beside the fields: the browser's own checks first, then what the server says. */

import { ApiError } from "../api/error.ts";
import { strings } from "../strings.ts";
import { type Attributes, type Child, fill, freshId, h } from "./dom.ts";
import { errorPanel } from "./error-panel.ts";

type Control = HTMLInputElement | HTMLTextAreaElement;

export interface Field {
  root: HTMLElement;
  control: Control;
  setError: (text: string | null) => void;
}

export interface FieldOptions {
  name: string;
  label: string;
  hint?: string;
  optional?: boolean;
  multiline?: boolean;
  attributes?: Attributes;
}

export function field(options: FieldOptions): Field {
  const id = freshId(options.name);
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const error = h("p", { id: errorId, class: "field-error", hidden: true });
  const control = h(options.multiline ? "textarea" : "input", {
    id,
    name: options.name,
    class: "control",
    dir: "auto",
    required: !options.optional,
    "aria-describedby": options.hint === undefined ? errorId : `${hintId} ${errorId}`,
    ...options.attributes,
  }) as Control;
  const setError = (text: string | null): void => {
    error.textContent = text ?? "";
    error.hidden = text === null;
    control.toggleAttribute("data-invalid", text !== null);
    if (text === null) {
      control.removeAttribute("aria-invalid");
    } else {
      control.setAttribute("aria-invalid", "true");
    }
  };
  control.addEventListener("input", () => setError(null));
  const optional = options.optional ? h("span", { class: "fine" }, ` (${strings.signIn.optional})`) : null;
  const root = h(
    "div",
    { class: "field" },
    h("label", { for: id }, options.label, optional),
    control,
    options.hint !== undefined && h("p", { id: hintId, class: "fine" }, options.hint),
    error,
  );
  return { root, control, setError };
}

export interface FormOptions {
  fields: Field[];
  submit: string;
  /** Sends the form; what it throws is shown beside the fields that it names, or above the button. */
  send: () => Promise<void>;
  label?: string;
  primary?: boolean;
  aside?: Child;
}

export function form(options: FormOptions): HTMLFormElement {
  const problem = h("div");
  const button = h("button", { type: "submit", class: "button", "data-primary": options.primary ?? true }, options.submit);
  let sending = false;

  const submit = async (): Promise<void> => {
    if (sending) {
      return;
    }
    fill(problem);
    for (const one of options.fields) {
      one.setError(one.control.checkValidity() ? null : one.control.validationMessage);
    }
    if (focusInvalid(options.fields)) {
      return;
    }
    sending = true;
    button.setAttribute("aria-disabled", "true");
    try {
      await options.send();
    } catch (error) {
      showError(options.fields, problem, error);
    } finally {
      sending = false;
      button.removeAttribute("aria-disabled");
    }
  };

  return h(
    "form",
    {
      class: "form",
      novalidate: true,
      "aria-label": options.label,
      on: {
        submit: (event) => {
          event.preventDefault();
          void submit();
        },
      },
    },
    ...options.fields.map((one) => one.root),
    problem,
    h("div", { class: "form-end" }, button, options.aside),
  );
}

function showError(fields: Field[], problem: Element, error: unknown): void {
  const named = error instanceof ApiError ? fields.filter((one) => error.field(one.control.name) !== null) : [];
  for (const one of named) {
    one.setError(sentence((error as ApiError).field(one.control.name) ?? ""));
  }
  // A field that this form does not show would otherwise be refused without a word.
  const told = error instanceof ApiError && error.fields.length > 0 && named.length === error.fields.length;
  if (!told) {
    fill(problem, errorPanel(error));
  }
  focusInvalid(fields);
}

/** The server says "must be …"; alone under a field it is a sentence. */
function sentence(detail: string): string {
  return detail.charAt(0).toLocaleUpperCase(strings.language) + detail.slice(1).replace(/(?<![.!?])$/, ".");
}

function focusInvalid(fields: Field[]): boolean {
  const first = fields.find((one) => one.control.hasAttribute("aria-invalid"));
  first?.control.focus();
  return first !== undefined;
}
