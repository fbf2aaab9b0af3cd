import { describe, expect, it } from "vitest";
import { samples } from "./samples.ts";

const text = samples("http://127.0.0.1:8080", "4503599627370495", "c2FtcGxlLWFnZW50LWlkLW9mLTQyLWNoYXJhY3RlcnM");

describe("samples", () => {
  it("hold the ids of the agent and no key", () => {
    for (const sample of Object.values(text)) {
      expect(sample).toContain("http://127.0.0.1:8080/v1/ai-agent/");
      expect(sample).toContain("c2FtcGxlLWFnZW50LWlkLW9mLTQyLWNoYXJhY3RlcnM");
      expect(sample).toContain('"4503599627370495"');
      expect(sample).not.toMatch(/rbf_(live|test)_/);
    }
  });

  it("send a body that is JSON with the project id as text", () => {
    const body = /-d '([^']+)'/.exec(text.server)![1]!;
    expect(JSON.parse(body)).toEqual({
      query: "When are you open?",
      pid: "4503599627370495",
      chatbot_id: "c2FtcGxlLWFnZW50LWlkLW9mLTQyLWNoYXJhY3RlcnM",
      user_context: { platform: "web" },
    });
  });

  it("is JavaScript that parses", () => {
    expect(() => new Function(`return async () => { ${text.browser} }`)).not.toThrow();
  });
});
