/** Finds a citation's place in a stored text. Offsets come as UTF-8 bytes, the page shows UTF-16 strings. */

export interface QuoteInText {
  before: string;
  quote: string;
  after: string;
  /** Text was left out at the start or at the end of the excerpt. */
  cutBefore: boolean;
  cutAfter: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/**
 * Cuts `text` into what stands before, in and after the bytes `start..end`, with at most `around` bytes on either
 * side. `null` when the range is not in the text or cuts a character in two: then nothing may be marked.
 */
export function locate(text: string, start: number, end: number, around = Infinity): QuoteInText | null {
  const bytes = encoder.encode(text);
  const inside = start >= 0 && start < end && end <= bytes.length;
  if (!inside || isContinuation(bytes[start]) || isContinuation(bytes[end])) {
    return null;
  }
  let from = Math.max(0, start - around);
  while (from < start && isContinuation(bytes[from])) {
    from += 1;
  }
  let to = Math.min(bytes.length, end + around);
  while (to > end && isContinuation(bytes[to])) {
    to -= 1;
  }
  return {
    before: decoder.decode(bytes.subarray(from, start)),
    quote: decoder.decode(bytes.subarray(start, end)),
    after: decoder.decode(bytes.subarray(end, to)),
    cutBefore: from > 0,
    cutAfter: to < bytes.length,
  };
}
