import { appendFileSync } from "node:fs";

/** What `with-server` handed out, and calls with the account's API key. */

function given(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: start this suite with its \`run\` script`);
  }
  return value;
}

export const baseUrl = given("TEST_BASE_URL");

/** The account that `quickstart` made; read on demand, since a bare server has none. */
export const account = {
  get email() {
    return given("TEST_EMAIL");
  },
  get password() {
    return given("TEST_PASSWORD");
  },
  get apiKey() {
    return given("TEST_API_KEY");
  },
  get projectId() {
    return given("TEST_PROJECT_ID");
  },
  get chatbotId() {
    return given("TEST_CHATBOT_ID");
  },
};

/** Tells `with-server` a secret that the server's log must not hold. */
export function secret(value) {
  if (process.env.TEST_SECRETS) {
    appendFileSync(process.env.TEST_SECRETS, `${value}\n`);
  }
  return value;
}

/** The folder of real cases that others wrote (see the repository's README). */
export const cases = new URL(process.env.ROBOFY_CASES ? `file://${process.env.ROBOFY_CASES.replace(/\/?$/, "/")}` : "../../../shared/data/", import.meta.url);

/** Calls the API with the key and gives the parsed body of a 2xx; anything else throws with the whole answer. */
export async function api(method, path, body) {
  const form = body instanceof FormData;
  const response = await fetch(baseUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${account.apiKey}`,
      ...(body === undefined || form ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined || form ? body : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }
  return text === "" ? null : JSON.parse(text);
}

export const teachText = (fileName, content) =>
  api("POST", `/v1/ai-agent/link_content/${account.projectId}`, {
    chatbot_id: account.chatbotId,
    content,
    file_name: fileName,
  });

export function teachFile(fileName, bytes) {
  const form = new FormData();
  form.append("chatbot_id", account.chatbotId);
  form.append("file", new Blob([bytes]), fileName);
  return api("POST", `/v1/ai-agent/upload_file/${account.projectId}`, form);
}

/** A client token, as a visitor's page gets one. */
export async function handshake(sessionId) {
  const response = await fetch(`${baseUrl}/v1/ai-agent/handshake`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      chatbot_id: account.chatbotId,
      project_id: account.projectId,
      version: 2,
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
    }),
  });
  if (!response.ok) {
    throw new Error(`handshake: ${response.status} ${await response.text()}`);
  }
  const answer = await response.json();
  secret(answer.token);
  return answer;
}
