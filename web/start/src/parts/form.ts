/** Forms with their errors beside the fields: the browser's own checks first, then what the server says. */

import { ApiError } from "../api/error.ts";
import { strings } from "../strings.ts";
import { type Attributes, type Child, fill, freshId, h } from "./dom.ts";
import { errorPanel } from "./error-panel.ts";

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export interface Field {
  root: HTMLElement;
  control: Control;
  setError: (text: string | null) => void;
  /** Whether an error that the server gives this name belongs here; by default its control's own name. */
  covers: (name: string) => boolean;
}

export interface FieldOptions {
  name: string;
  label: string;
  hint?: string;
  optional?: boolean;
  multiline?: boolean;
  /** What can be chosen: then it is a list to choose from. */
  choices?: Array<[value: string, label: string]>;
  value?: string;
  attributes?: Attributes;
  covers?: (name: string) => boolean;
}

export function field(options: FieldOptions): Field {
  const id = freshId(options.name);
  const hintId = `${id}-hint`;
  const control = controlOf(options, {
    id,
    name: options.name,
    class: "control",
    required: !options.optional,
    ...options.attributes,
  });
  const { error, setError } = errorOf(control, options.hint === undefined ? null : hintId);
  const optional = options.optional ? h("span", { class: "fine" }, ` (${strings.signIn.optional})`) : null;
  const root = h(
    "div",
    { class: "field" },
    h("label", { for: id }, options.label, optional),
    control,
    options.hint !== undefined && h("p", { id: hintId, class: "fine" }, options.hint),
    error,
  );
  return { root, control, setError, covers: options.covers ?? ((name) => name === options.name) };
}

function controlOf(options: FieldOptions, attributes: Attributes): Control {
  if (options.choices !== undefined) {
    const chosen = (value: string): boolean => value === options.value;
    const entries = options.choices.map(([value, label]) => h("option", { value, selected: chosen(value) }, label));
    return h("select", attributes, ...entries);
  }
  const control = h(options.multiline ? "textarea" : "input", { dir: "auto", ...attributes }) as HTMLInputElement | HTMLTextAreaElement;
  control.value = options.value ?? "";
  return control;
}

/** A box to tick, with its words beside it. */
export function checkField(options: { name: string; label: string; checked: boolean; covers?: (name: string) => boolean }): Field & {
  control: HTMLInputElement;
} {
  const id = freshId(options.name);
  const control = h("input", { type: "checkbox", id, name: options.name, class: "box", checked: options.checked });
  const { error, setError } = errorOf(control, null);
  const root = h("div", { class: "field" }, h("div", { class: "check" }, control, h("label", { for: id }, options.label)), error);
  return { root, control, setError, covers: options.covers ?? ((name) => name === options.name) };
}

/** The place for a control's error, which describes the control together with its hint. */
export function errorOf(control: Control, hintId: string | null): { error: HTMLElement; setError: Field["setError"] } {
  const id = freshId("error");
  const error = h("p", { id, class: "field-error", hidden: true });
  control.setAttribute("aria-describedby", hintId === null ? id : `${hintId} ${id}`);
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
  return { error, setError };
}

export interface FormOptions {
  fields: Field[] | (() => Field[]);
  /** What the form shows in the place of its fields alone; they stand somewhere in it. */
  layout?: Child[];
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
  const present = (): Field[] => (typeof options.fields === "function" ? options.fields() : options.fields);
  let sending = false;

  const submit = async (): Promise<void> => {
    if (sending) {
      return;
    }
    fill(problem);
    const fields = present();
    for (const one of fields) {
      one.setError(one.control.checkValidity() ? null : one.control.validationMessage);
    }
    if (focusInvalid(fields)) {
      return;
    }
    sending = true;
    button.setAttribute("aria-disabled", "true");
    try {
      await options.send();
    } catch (error) {
      showError(fields, problem, error);
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
    ...(options.layout ?? present().map((one) => one.root)),
    problem,
    h("div", { class: "form-end" }, button, options.aside),
  );
}

function showError(fields: Field[], problem: Element, error: unknown): void {
  const refused = error instanceof ApiError ? error.fields : [];
  const untold = refused.filter((one) => {
    const place = fields.find((each) => each.covers(one.field));
    place?.setError(sentence(one.detail));
    return place === undefined;
  });
  // A field that this form does not show would otherwise be refused without a word.
  if (refused.length === 0 || untold.length > 0) {
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
