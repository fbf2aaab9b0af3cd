/**
 * The npm package `ai` in its versions 5, 6 and 7 while an answer is under way: a stop that is meant, a mere disconnect,
 * and a chat that goes on with the running answer. The answers come from a scripted model that speaks for seconds.
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { account, baseUrl, handshake, secret, teachText } from "../lib/world.mjs";

const endpoint = `${baseUrl}/v1/ai-agent/chat`;
const provider = process.env.PROVIDER_BASE_URL;

before(() => teachText("shop.md", "The lantern shop is open from 9 am to 6 pm on weekdays."));

/** What the token says its session is. */
const sessionOf = (token) => secret(JSON.parse(Buffer.from(token.split(".")[1], "base64url")).session);

/** The model's requests so far, the latest last. */
async function asked() {
  const response = await fetch(new URL("/requests", provider));
  return (await response.json()).requests;
}

/** All events of a stored or running answer. */
async function events(message) {
  const response = await fetch(`${endpoint}/stream/${message}`, { headers: { authorization: `Bearer ${account.apiKey}` } });
  assert.equal(response.status, 200);
  const lines = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: "));
  assert.equal(lines.pop(), "data: [DONE]");
  return lines.map((line) => JSON.parse(line.slice("data: ".length)));
}

const textOf = (chunks) => chunks.map((chunk) => chunk.delta ?? "").join("");

/** Resolves when `look` gives something. A test that waits for ever is ended by the runner. */
async function until(look) {
  for (;;) {
    const found = await look();
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const major of [5, 6, 7]) {
  const sdk = await import(`ai${major}`);

  const settings = (token) => ({
    api: endpoint,
    headers: { authorization: `Bearer ${token}` },
    prepareSendMessagesRequest: () => ({
      api: `${endpoint}/stream`,
      body: { query: "When is the lantern shop open?", pid: account.projectId, chatbot_id: account.chatbotId, user_context: { platform: "web" } },
    }),
  });

  /** A transport whose stop is a stop: it tells the server. */
  class StoppingTransport extends sdk.DefaultChatTransport {
    constructor(token) {
      super(settings(token));
      this.token = token;
    }

    async sendMessages(options) {
      let message;
      options.abortSignal?.addEventListener("abort", () => {
        this.stopped = fetch(`${endpoint}/stream/${message}`, { method: "DELETE", headers: { authorization: `Bearer ${this.token}` } });
      });
      const stream = await super.sendMessages(options);
      return stream.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            message = chunk.type === "start" ? chunk.messageId : message;
            controller.enqueue(chunk);
          },
        }),
      );
    }
  }

  class Chat extends sdk.AbstractChat {
    constructor(init) {
      const state = {
        status: "ready",
        error: undefined,
        messages: [],
        pushMessage: (message) => void (state.messages = [...state.messages, message]),
        popMessage: () => void (state.messages = state.messages.slice(0, -1)),
        replaceMessage: (index, message) => void (state.messages = state.messages.with(index, message)),
        snapshot: (value) => structuredClone(value),
      };
      super({ ...init, state });
    }

    get said() {
      const answer = this.messages.findLast((message) => message.role === "assistant");
      return answer?.parts.filter((part) => part.type === "text").map((part) => part.text).join("") ?? "";
    }
  }

  /** Asks, and waits until a part of the answer is there. */
  async function speaking(chat) {
    const sending = chat.sendMessage({ text: "When is the lantern shop open?" });
    await until(() => chat.said.length > 10);
    return { sending, message: chat.messages.at(-1).id };
  }

  test(`ai ${major}: a transport whose stop makes the stop call stops the answer and its model`, { timeout: 60_000 }, async () => {
    const { token } = await handshake();
    const transport = new StoppingTransport(token);
    const chat = new Chat({ transport });
    const { sending, message } = await speaking(chat);
    await chat.stop();
    await sending;
    const { data } = await (await transport.stopped).json();
    assert.deepEqual(data, { message_id: message, stopped: true });
    const stored = await events(message);
    assert.deepEqual(stored.slice(-2).map((chunk) => chunk.type), ["text-end", "abort"]);
    assert.ok(textOf(stored).startsWith(chat.said.trimEnd()), "what was shown was said");
    await until(async () => (await asked()).at(-1).gone_ms !== null);
  });

  test(`ai ${major}: its plain stop is a disconnect, and the answer is completed`, { timeout: 60_000 }, async () => {
    const { token } = await handshake();
    const chat = new Chat({ transport: new sdk.DefaultChatTransport(settings(token)) });
    const { sending, message } = await speaking(chat);
    await chat.stop();
    await sending;
    const stored = await events(message);
    assert.ok(stored.some((chunk) => chunk.type === "finish"), JSON.stringify(stored.slice(-4)));
    assert.ok(textOf(stored).length > chat.said.length);
    assert.equal((await asked()).at(-1).gone_ms, null);
  });

  test(`ai ${major}: its chat goes on with the answer that runs, from the start`, { timeout: 60_000 }, async () => {
    const { token } = await handshake();
    const first = new Chat({ transport: new sdk.DefaultChatTransport(settings(token)) });
    const { sending, message } = await speaking(first);
    const calls = (await asked()).length;
    await first.stop();
    await sending;
    const second = new Chat({ id: sessionOf(token), transport: new sdk.DefaultChatTransport(settings(token)) });
    await second.resumeStream();
    assert.equal(second.error, undefined);
    assert.equal(second.said, textOf(await events(message)));
    assert.ok(second.said.startsWith(first.said.trimEnd()));
    assert.equal((await asked()).length, calls, "the model was asked once");
  });
}
