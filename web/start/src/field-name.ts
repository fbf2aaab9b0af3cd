/** Names of form fields: what values are stored under, made from what is asked. */

const longest = 50;

/** A name of letters, digits and `_` that begins with a letter and is not taken: of the label, else of the type. */
export function fieldName(label: string, type: string, taken: Iterable<string>): string {
  const plain = label
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, longest)
    .replace(/_+$/, "");
  const stem = plain === "" ? type : plain;
  const others = new Set(taken);
  let name = stem;
  for (let number = 2; others.has(name); number += 1) {
    const suffix = `_${number}`;
    name = stem.slice(0, longest - suffix.length) + suffix;
  }
  return name;
}
