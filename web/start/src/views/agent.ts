import type { Agent, Project } from "../api/robofy.ts";
import { copyButton } from "../parts/copy.ts";
import { fill, freshId, h } from "../parts/dom.ts";
import { form } from "../parts/form.ts";
import { strings } from "../strings.ts";

const words = strings.agent;

export interface AgentCardOptions {
  projects: Project[];
  project: Project;
  agents: Agent[];
  agent: Agent | null;
  choose: (chosen: { project?: string; agent?: string }) => void;
  create: () => Promise<void>;
}

/** Which project and agent this page is about, with their ids to copy. */
export function agentCard(options: AgentCardOptions): HTMLElement {
  const { project, agent } = options;
  const projectId = String(project.id);
  const card = h("section", { class: "card", "data-pad": true }, h("h2", {}, words.title));
  const facts = h("div", { class: "facts" });
  card.append(facts);
  fill(
    facts,
    choice(words.project, options.projects.map((one) => [String(one.id), one.name]), projectId, (id) =>
      options.choose({ project: id }),
    ),
    choice(words.agent, options.agents.map((one) => [one.chatbot_id, one.name]), agent?.chatbot_id ?? "", (id) =>
      options.choose({ project: projectId, agent: id }),
    ),
    fact(words.projectId, projectId),
    agent !== null && fact(words.agentId, agent.chatbot_id),
  );
  if (agent === null) {
    card.append(
      h("p", { class: "empty" }, words.none),
      form({ fields: [], submit: words.create, label: words.create, send: options.create }),
    );
  }
  return card;
}

/** One of one is a fact, one of several a choice. */
function choice(label: string, options: Array<[id: string, name: string]>, chosen: string, pick: (id: string) => void): HTMLElement | null {
  const [first] = options;
  if (first === undefined) {
    return null;
  }
  const id = freshId("choice");
  if (options.length === 1) {
    return h("div", { class: "fact" }, h("span", { class: "fine" }, label), h("span", { class: "wrap" }, h("bdi", {}, first[1])));
  }
  const select = h(
    "select",
    { id, class: "control" },
    ...options.map(([value, name]) => h("option", { value, selected: value === chosen }, name)),
  );
  select.addEventListener("change", () => pick(select.value));
  return h("div", { class: "fact" }, h("label", { for: id, class: "fine" }, label), select);
}

function fact(label: string, value: string): HTMLElement {
  const code = h("code", { class: "code clip", dir: "ltr", title: value }, value);
  return h("div", { class: "fact" }, h("span", { class: "fine" }, label), h("div", { class: "fact-value" }, code, copyButton(code, label)));
}
