import { randomKey } from "./dom.ts";

/**
 * A key for each body that a form sends: the same body again, after a lost answer, is the same effect; a body that was
 * mended after a refusal is another one.
 */
export function keyPerBody(): (body: unknown) => string {
  let last: string | null = null;
  let key = "";
  return (body) => {
    const text = JSON.stringify(body);
    if (text !== last) {
      last = text;
      key = randomKey();
    }
    return key;
  };
}
