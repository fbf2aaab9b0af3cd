import { type Agent, createAgent, createProject, listAgents, listProjects, type Me, type Place, type Project } from "../api/robofy.ts";
import { fill, h, randomKey } from "../parts/dom.ts";
import { errorPanel } from "../parts/error-panel.ts";
import { strings } from "../strings.ts";
import { agentCard } from "./agent.ts";
import { askView } from "./ask.ts";
import { connectView } from "./connect.ts";
import { keyCard } from "./key.ts";
import { addressOf, agentViews, viewHere } from "./nav.ts";
import { teachView } from "./teach.ts";

interface Chosen {
  project?: string;
  agent?: string;
}

/** Everything for one account: its key, its agent, teaching, asking, connecting. */
export function homeView(session: Me): HTMLElement {
  const root = h("div", { class: "home" });

  const start = async (chosen: Chosen): Promise<void> => {
    fill(root, h("p", { class: "loading" }, strings.loading));
    try {
      const projects = await projectsOf(session, (text) => fill(root, h("p", { class: "loading" }, text)));
      const project = projects.find((one) => String(one.id) === chosen.project) ?? projects[0]!;
      const agents = await listAgents(project.id);
      const agent = agents.find((one) => one.chatbot_id === chosen.agent) ?? agents[0] ?? null;
      remember(project, agent);
      show(projects, project, agents, agent);
    } catch (error) {
      fill(root, errorPanel(error, () => void start(chosen)));
    }
  };

  const choose = (chosen: Chosen): void => void start(chosen);

  const show = (projects: Project[], project: Project, agents: Agent[], agent: Agent | null): void => {
    const create = async (): Promise<void> => {
      const id = await createAgent(project.id, strings.agent.firstAgent, languageHere(), randomKey());
      await start({ project: String(project.id), agent: id });
    };
    const place: Place | null = agent === null ? null : { projectId: project.id, chatbotId: agent.chatbot_id };
    const beginning = h(
      "div",
      { class: "home" },
      h(
        "div",
        { class: "pair" },
        agentCard({ projects, project, agents, agent, choose, create }),
        keyCard(session.user.email),
      ),
      place !== null && h("div", { class: "pair" }, teachView(place), askView(place)),
      place !== null && connectView(place),
    );
    fill(
      root,
      h("h1", { class: "unseen" }, strings.product),
      place === null || agent === null ? beginning : agentViews(place, agent.name, beginning),
    );
  };

  const query = new URLSearchParams(location.search);
  void start({ project: query.get("project") ?? "", agent: query.get("agent") ?? "" });
  return root;
}

/** The account's projects. A new account gets its first one and an agent in it; two tabs make them once. */
async function projectsOf(session: Me, tell: (text: string) => void): Promise<Project[]> {
  const projects = await listProjects();
  if (projects.length > 0) {
    return projects;
  }
  tell(strings.agent.making);
  const { id, company } = session.account;
  const project = await createProject(strings.agent.firstProject(company), `start-project-${id}`);
  await createAgent(project.id, strings.agent.firstAgent, languageHere(), `start-agent-${project.id}`);
  return [project];
}

/** The language that the agent begins with: the browser's, as its two or three letters. */
function languageHere(): string {
  return new Intl.Locale(navigator.language || strings.language).language;
}

/** The address names what is open, so that a reload and a bookmark find it again. */
function remember(project: Project, agent: Agent | null): void {
  history.replaceState(null, "", addressOf(project.id, agent?.chatbot_id ?? null, viewHere()));
}
