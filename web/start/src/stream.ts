/**
 * Reads a `text/event-stream` body, as the HTML standard's "server-sent events" section describes it: bytes in,
 * events out, however the network cuts them. The server sends one JSON object per event and then `[DONE]`.
 */

/** One event of the stream: its data, and the id by which a reader may go on from it. */
export interface ServerEvent {
  data: string;
  id: string | null;
}

/** Turns text, cut anywhere, into events. A line ends with LF, CR or CRLF; a blank line ends an event. */
export class EventParser {
  #decoder = new TextDecoder();
  #rest = "";
  #data: string[] = [];
  #id: string | null = null;
  #afterReturn = false;

  /** Takes the next bytes and gives the events that they complete. */
  push(bytes: Uint8Array): ServerEvent[] {
    return this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** An event without its closing blank line is incomplete, and the standard drops it. */
  #take(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const char = text[at];
      if (char === "\n" && this.#afterReturn) {
        this.#afterReturn = false;
        from = at + 1;
        continue;
      }
      this.#afterReturn = char === "\r";
      if (char !== "\n" && char !== "\r") {
        continue;
      }
      const event = this.#line(this.#rest + text.slice(from, at));
      if (event !== null) {
        events.push(event);
      }
      this.#rest = "";
      from = at + 1;
    }
    this.#rest += text.slice(from);
    return events;
  }

  #line(line: string): ServerEvent | null {
    if (line === "") {
      const event = this.#data.length === 0 ? null : { data: this.#data.join("\n"), id: this.#id };
      this.#data = [];
      return event;
    }
    const colon = line.indexOf(":");
    if (colon === 0) {
      return null; // A comment: the server's sign of life.
    }
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") {
      this.#data.push(value);
    } else if (field === "id" && !value.includes("\0")) {
      this.#id = value;
    }
    return null;
  }
}

/** The events of a response body, in order, until it ends. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const parser = new EventParser();
  const reader = body.getReader();
  try {
    for (;;) {
      // Events come one after another: there is nothing to read in parallel.
      // oxlint-disable-next-line no-await-in-loop
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield* parser.push(value);
    }
  } finally {
    reader.releaseLock();
  }
}
