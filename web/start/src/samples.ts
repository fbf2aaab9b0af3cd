/** Programs that reach the agent, with the ids put in. */

export interface Samples {
  server: string;
  stream: string;
  browser: string;
}

export function samples(origin: string, pid: string, chatbotId: string): Samples {
  const body = (query: string): string =>
    JSON.stringify({ query, pid, chatbot_id: chatbotId, user_context: { platform: "web" } }, null, 2);
  const curl = (flags: string, path: string): string => `curl ${flags} ${origin}${path} \\
  -H "Authorization: Bearer $ROBOFY_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body("When are you open?")}'`;
  return {
    server: curl("-sS", "/v1/ai-agent/chat"),
    stream: curl("-sSN", "/v1/ai-agent/chat/stream"),
    browser: `const agent = { chatbot_id: "${chatbotId}", project_id: "${pid}" };
const json = { "Content-Type": "application/json" };

const handshake = await fetch("${origin}/v1/ai-agent/handshake", {
  method: "POST",
  headers: json,
  body: JSON.stringify({ ...agent, version: 2 }),
});
const { token } = await handshake.json(); // good for exactly one hour

const answer = await fetch("${origin}/v1/ai-agent/chat/stream", {
  method: "POST",
  headers: { ...json, Authorization: \`Bearer \${token}\` },
  body: JSON.stringify({
    query: "When are you open?",
    pid: agent.project_id,
    chatbot_id: agent.chatbot_id,
    user_context: { platform: "web" },
  }),
});
for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
  console.log(piece); // server-sent events: "data: {…}", and "data: [DONE]" at the end
}`,
  };
}
