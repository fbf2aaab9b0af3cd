/** The language of the page and its numbers. */

export const language = "en";

const plural = new Intl.PluralRules(language);

export const count = new Intl.NumberFormat(language);

/** A number with its word: "1 passage", "1,200 passages". */
export function counted(value: number, one: string, other: string): string {
  return `${count.format(value)} ${plural.select(value) === "one" ? one : other}`;
}
