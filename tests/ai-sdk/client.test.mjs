/**
 * The npm package `ai` reads our stream with its own client: versions 5, 6 and 7 in turn. Its transport sends the
 * request, its schema judges every chunk, its reader and its chat build the message.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { account, api, baseUrl, handshake, secret, teachText } from "../lib/world.mjs";

const endpoint = `${baseUrl}/v1/ai-agent/chat`;
const taught = "The lantern shop is open from 9 am to 6 pm on weekdays. Gift vouchers are valid for three years.";

const order = [
  "start",
  "start-step",
  "text-start",
  "text-delta",
  "text-end",
  "data-citation",
  "finish-step",
  "finish",
  "data-session",
  "data-finish-reason",
];

before(() => teachText("shop.md", taught));

for (const major of [5, 6, 7]) {
  const { version } = JSON.parse(readFileSync(new URL(`node_modules/ai${major}/package.json`, import.meta.url), "utf8"));
  const sdk = await import(`ai${major}`);
  console.log(`ai ${version} on Node ${process.version}`);

  /** The package's transport, told our request; `seen` collects the responses as they came. */
  function transport(credential, { chatbotId = account.chatbotId, sessionId, seen = [] } = {}) {
    return new sdk.DefaultChatTransport({
      api: endpoint,
      headers: { authorization: `Bearer ${credential}` },
      async fetch(input, init) {
        const response = await fetch(input, init);
        seen.push({ url: String(input), response: response.clone() });
        return response;
      },
      prepareSendMessagesRequest: ({ messages }) => ({
        api: `${endpoint}/stream`,
        body: {
          query: messages.at(-1).parts.find((part) => part.type === "text").text,
          pid: account.projectId,
          chatbot_id: chatbotId,
          user_context: { platform: "web", ...(sessionId?.() ? { session_id: sessionId() } : {}) },
        },
      }),
    });
  }

  const question = (text) => ({ id: "question", role: "user", parts: [{ type: "text", text }] });
  const sending = (text) => ({ trigger: "submit-message", chatId: "unused", messageId: undefined, messages: [question(text)], abortSignal: undefined });

  /** The package's chat over plain fields: what its React and Vue bindings put their own state into. */
  class Chat extends sdk.AbstractChat {
    constructor(init) {
      super({
        ...init,
        state: {
          status: "ready",
          error: undefined,
          messages: [],
          pushMessage(message) {
            this.messages = [...this.messages, message];
          },
          popMessage() {
            this.messages = this.messages.slice(0, -1);
          },
          replaceMessage(index, message) {
            this.messages = this.messages.with(index, message);
          },
          snapshot: (value) => structuredClone(value),
        },
      });
    }
  }

  async function judge(chunk) {
    const schema = typeof sdk.uiMessageChunkSchema === "function" ? sdk.uiMessageChunkSchema() : sdk.uiMessageChunkSchema;
    const result = await schema.validate(chunk);
    assert.ok(result.success, `${JSON.stringify(chunk)}: ${result.error?.message}`);
  }

  const textOf = (message) => message.parts.filter((part) => part.type === "text").map((part) => part.text).join("");
  const citationsOf = (message) => message.parts.filter((part) => part.type === "data-citation").map((part) => part.data);

  describe(`ai ${version}`, () => {
    for (const kind of ["client token", "API key"]) {
      const credential = async () => (kind === "API key" ? account.apiKey : (await handshake()).token);

      test(`reads a cited answer with a ${kind}: every chunk valid, in order`, async () => {
        const seen = [];
        const stream = await transport(await credential(), { seen }).sendMessages(sending("When is the lantern shop open?"));
        const chunks = [];
        for await (const chunk of stream) {
          chunks.push(chunk);
        }

        const [{ response }] = seen;
        assert.equal(response.headers.get("content-type"), "text/event-stream");
        assert.equal(response.headers.get("x-vercel-ai-ui-message-stream"), "v1");
        assert.match(response.headers.get("cache-control"), /no-cache/);
        const lines = (await response.text()).split("\n\n").filter((event) => event !== "" && !event.startsWith(":"));
        assert.equal(lines.at(-1), "data: [DONE]");
        const raw = lines.slice(0, -1).map((event) => JSON.parse(event.replace(/^data: /, "")));
        assert.deepEqual(chunks, raw, "the client drops and changes nothing");
        for (const chunk of raw) {
          await judge(chunk);
        }
        const kinds = raw.map((chunk) => chunk.type).filter((type, at, all) => type !== all[at - 1]);
        assert.deepEqual(kinds.filter((type) => order.includes(type)), order);

        let message;
        for await (const state of sdk.readUIMessageStream({ stream: ReadableStream.from(raw), terminateOnError: true })) {
          message = state;
        }
        assert.match(textOf(message), /9 am to 6 pm/);
        const [citation] = citationsOf(message);
        assert.equal(Buffer.from(taught).subarray(citation.start, citation.end).toString(), citation.quote);
        assert.equal(citation.file_name, "shop.md");
      });
    }

    test("holds a conversation in its chat: the session goes on", async () => {
      const { token } = await handshake();
      let session;
      const chat = new Chat({
        transport: transport(token, { sessionId: () => session }),
        onData: (part) => {
          session = part.type === "data-session" ? part.data : session;
        },
      });
      await chat.sendMessage({ text: "How long are gift vouchers valid?" });
      assert.equal(chat.error, undefined);
      assert.equal(chat.status, "ready");
      assert.match(textOf(chat.lastMessage), /three years/);
      const first = secret(session);
      assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

      await chat.sendMessage({ text: "And when is the lantern shop open?" });
      assert.equal(chat.error, undefined);
      assert.match(textOf(chat.lastMessage), /9 am to 6 pm/);
      assert.equal(session, first);
      assert.deepEqual(chat.messages.map((message) => message.role), ["user", "assistant", "user", "assistant"]);
      assert.equal(new Set(chat.messages.map((message) => message.id)).size, 4);

      const { data } = await api("POST", "/v1/ai-agent/chat", {
        query: "How long are gift vouchers valid?",
        pid: account.projectId,
        chatbot_id: account.chatbotId,
        user_context: { platform: "web", session_id: session },
      });
      assert.equal(data.session_id, session, "the JSON call goes on in the same session");
      assert.match(data.answer, /three years/);
    });

    test("finds nothing to resume once the answer is whole", async () => {
      const { token } = await handshake();
      let session;
      const seen = [];
      const chat = new Chat({
        transport: transport(token, { seen }),
        onData: (part) => {
          session = part.type === "data-session" ? part.data : session;
        },
      });
      await chat.sendMessage({ text: "Hello" });
      assert.equal(await transport(token, { seen }).reconnectToStream({ chatId: session }), null);
      assert.equal(seen.at(-1).url, `${endpoint}/${session}/stream`);
      assert.equal(seen.at(-1).response.status, 204);
    });

    const refusals = [
      ["an unknown key", "UNAUTHORIZED", 401, () => transport("rbf_live_unknown")],
      ["a forged token", "UNAUTHORIZED", 401, async () => transport(`${(await handshake()).token.slice(0, -3)}AAA`)],
      ["an unknown agent", "CHATBOT_NOT_FOUND", 404, () => transport(account.apiKey, { chatbotId: "A".repeat(42) })],
    ];
    for (const [name, code, status, make] of refusals) {
      test(`tells its user of ${name}: ${status}`, async () => {
        const errors = [];
        const chat = new Chat({ transport: await make(), onError: (error) => errors.push(error) });
        await chat.sendMessage({ text: "Hello" });
        assert.equal(chat.status, "error");
        assert.equal(errors.length, 1);
        const { error, message } = JSON.parse(chat.error.message);
        assert.equal(error.code, code);
        assert.equal(typeof error.detail, "string");
        assert.equal(message, { 401: "Unauthorized", 404: "Not Found" }[status]);
      });
    }
  });
}
