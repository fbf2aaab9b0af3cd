import { describe, expect, it } from "vitest";
import { EventParser, readEvents } from "./stream.ts";

const wire = [
  ': a sign of life\n\n',
  'id: aZ09aZ09aZ09aZ09,1\ndata: {"type":"start","messageId":"aZ09aZ09aZ09aZ09"}\n\n',
  'data: {"type":"text-delta","id":"0","delta":"Ol\u00e1, \u4e16\u754c \u{1f5dd}\ufe0f"}\r\n\r\n',
  "data: first line\ndata: second line\n\n",
  "data:no space\rdata:  two spaces\r\r",
  "event: other\nretry: 10\ndata\n\n",
  "data: [DONE]\n\n",
].join("");
const bytes = new TextEncoder().encode(wire);
const whole = [
  '{"type":"start","messageId":"aZ09aZ09aZ09aZ09"}',
  '{"type":"text-delta","id":"0","delta":"Ol\u00e1, \u4e16\u754c \u{1f5dd}\ufe0f"}',
  "first line\nsecond line",
  "no space\n two spaces",
  "",
  "[DONE]",
];

function read(pieces: Uint8Array[]): string[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece)).map((event) => event.data);
}

describe("EventParser", () => {
  it("reads the whole at once", () => {
    expect(read([bytes])).toEqual(whole);
  });

  it("gives the same events for every cut in two", () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });

  it("gives the same events byte by byte and for 500 seeded cuts in many", () => {
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
    let state = 20261124;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % limit;
    };
    for (let round = 0; round < 500; round += 1) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const next = at + below(12);
        pieces.push(bytes.subarray(at, next));
        at = next;
      }
      expect(read(pieces)).toEqual(whole);
    }
  });

  it("keeps the id of an event", () => {
    expect(new EventParser().push(bytes)[0]?.id).toBe("aZ09aZ09aZ09aZ09,1");
  });

  it("drops an event whose closing blank line never came", () => {
    expect(read([new TextEncoder().encode("data: whole\n\ndata: part\n")])).toEqual(["whole"]);
  });

  it("survives a byte order mark and bytes that are no UTF-8", () => {
    expect(read([Uint8Array.of(0xef, 0xbb, 0xbf), bytes])).toEqual(whole);
    expect(read([Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a)])).toEqual(["\ufffd"]);
  });
});

describe("readEvents", () => {
  it("reads a body piece by piece", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 5) {
          controller.enqueue(bytes.subarray(at, at + 5));
        }
        controller.close();
      },
    });
    const seen: string[] = [];
    for await (const event of readEvents(body)) {
      seen.push(event.data);
    }
    expect(seen).toEqual(whole);
  });
});
