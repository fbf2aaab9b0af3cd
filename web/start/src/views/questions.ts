import { type FieldType, fieldTypes, type FormField } from "../api/leads.ts";
import { fieldName } from "../field-name.ts";
import { fill, h } from "../parts/dom.ts";
import { checkField, type Field, field } from "../parts/form.ts";
import { type Icon, icon } from "../parts/icon.ts";
import { announce } from "../parts/status.ts";
import { strings } from "../strings.ts";

const words = strings.leadForm;

export interface QuestionList {
  root: HTMLElement;
  fields: () => Field[];
  value: () => FormField[];
}

/** What most forms ask for. */
const usualQuestions = (["name", "email"] as const).map(
  (type): FormField => ({ name: type, type, label: words.usualLabels[type], required: true, options: [] }),
);

interface Question {
  root: HTMLElement;
  /** The stored name; a new question has none until it is saved. */
  name: string | null;
  fields: Field[];
  read: () => Omit<FormField, "name">;
  label: () => string;
  /** Whether the buttons for moving lead anywhere. */
  place: (isFirst: boolean, isLast: boolean) => void;
  up: HTMLElement;
  down: HTMLElement;
}

/** The questions of the lead form: added, removed and put in order by buttons. */
export function questionList(stored: FormField[]): QuestionList {
  let questions: Question[] = [];
  const list = h("ol", { class: "stack" });
  const empty = h(
    "div",
    { class: "stack" },
    h("p", { class: "empty" }, words.none),
    h("div", {}, h("button", { type: "button", class: "button", on: { click: () => begin() } }, words.usual)),
  );
  const add = h("button", { type: "button", class: "button", on: { click: () => append() } }, words.add);

  const settle = (): void => {
    empty.hidden = questions.length > 0;
    for (const [at, question] of questions.entries()) {
      question.place(at === 0, at === questions.length - 1);
    }
  };
  const show = (): void => {
    fill(list, ...questions.map((one) => one.root));
    settle();
  };
  const at = (question: Question): number => questions.indexOf(question);
  const move = (question: Question, by: number): void => {
    const [from, to] = [at(question), at(question) + by];
    if (to < 0 || to >= questions.length) {
      return;
    }
    questions = questions.toSpliced(from, 1).toSpliced(to, 0, question);
    show();
    (by < 0 ? question.up : question.down).focus();
    announce(words.moved(question.label(), to + 1, questions.length));
  };
  const remove = (question: Question): void => {
    const next = questions[at(question) + 1] ?? questions[at(question) - 1];
    questions = questions.filter((one) => one !== question);
    show();
    (next?.fields[0]?.control ?? add).focus();
    announce(words.removed(question.label()));
  };
  const make = (settings: FormField | null): Question => questionItem(settings, { at, move, remove });
  const append = (): void => {
    const question = make(null);
    questions = [...questions, question];
    show();
    question.fields[0]?.control.focus();
    announce(words.added);
  };
  const begin = (): void => {
    questions = usualQuestions.map(make);
    show();
    questions[0]?.fields[0]?.control.focus();
    announce(words.added);
  };
  questions = stored.map(make);
  show();

  const value = (): FormField[] => {
    const taken = new Set(questions.flatMap((question) => question.name ?? []));
    return questions.map((question) => {
      const read = question.read();
      const name = question.name ?? fieldName(read.label, read.type, taken);
      taken.add(name);
      return { name, ...read };
    });
  };
  const root = h("fieldset", { class: "stack" }, h("legend", { class: "legend" }, words.fields), list, empty, h("div", {}, add));
  return { root, fields: () => questions.flatMap((question) => question.fields), value };
}

interface Moves {
  at: (question: Question) => number;
  move: (question: Question, by: number) => void;
  remove: (question: Question) => void;
}

function questionItem(settings: FormField | null, moves: Moves): Question {
  const own = (part: string) => (name: string) => name === `fields.${moves.at(question)}.${part}`;
  const label = field({
    name: "label",
    label: words.label,
    value: settings?.label ?? "",
    attributes: { maxlength: 200 },
    covers: (name) => own("label")(name) || own("name")(name),
  });
  const type = field({
    name: "type",
    label: words.type,
    choices: fieldTypes.map((one) => [one, words.types[one]]),
    value: settings?.type ?? "text",
    covers: own("type"),
  });
  const options = field({
    name: "options",
    label: words.options,
    multiline: true,
    value: settings?.options.join("\n") ?? "",
    attributes: { rows: 3 },
    covers: (name) => name.startsWith(`fields.${moves.at(question)}.options`),
  });
  const required = checkField({ name: "required", label: words.required, checked: settings?.required ?? false });
  const hasOptions = (): boolean => type.control.value === "select" || type.control.value === "multi_select";
  const settle = (): void => {
    options.root.hidden = !hasOptions();
    (options.control as HTMLTextAreaElement).required = hasOptions();
  };
  type.control.addEventListener("change", settle);
  settle();

  const named = (): string => label.control.value.trim() || words.unnamed;
  const button = (sign: Icon, told: (name: string) => string, click: () => void): HTMLElement => {
    const made = h("button", { type: "button", class: "button", "data-icon": true, "aria-label": told(named()), on: { click } }, icon(sign));
    label.control.addEventListener("input", () => made.setAttribute("aria-label", told(named())));
    return made;
  };
  const up = button("up", words.up, () => moves.move(question, -1));
  const down = button("down", words.down, () => moves.move(question, 1));
  const remove = button("cross", strings.removeNamed, () => moves.remove(question));
  const question: Question = {
    root: h(
      "li",
      { class: "question" },
      h("div", { class: "question-fields" }, label.root, type.root, options.root, required.root),
      h("div", { class: "question-moves" }, up, down, remove),
    ),
    name: settings?.name ?? null,
    fields: [label, type, options],
    label: named,
    read: () => ({
      label: label.control.value.trim(),
      type: type.control.value as FieldType,
      required: required.control.checked,
      options: hasOptions() ? options.control.value.split("\n").map((line) => line.trim()).filter((line) => line !== "") : [],
    }),
    place: (isFirst, isLast) => {
      up.setAttribute("aria-disabled", String(isFirst));
      down.setAttribute("aria-disabled", String(isLast));
    },
    up,
    down,
  };
  return question;
}
