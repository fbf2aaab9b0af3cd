/** The calls that this page makes, by name. */

import type { Action } from "../flow.ts";
import { call, callBare, send } from "./client.ts";

export type Id = number | string;

export interface Me {
  user: { id: Id; email: string; name: string | null };
  account: { id: Id; name: string | null; company: string | null };
  role: string;
}

export interface Project {
  id: Id;
  name: string;
}

export interface Agent {
  chatbot_id: string;
  name: string;
}

export interface LinkedAsset {
  linkage_id: Id;
  asset_id: Id;
  file_name: string;
  /** `page`, `text` or the kind of file. */
  kind: string;
  status: string;
  size_bytes: number;
  chunk_count: number;
  source_url: string | null;
  error: string | null;
  created_at: string;
  updated_at: string;
}

export interface AssetPage {
  assets: LinkedAsset[];
  next_page_token: string | null;
}

export interface SignUp {
  email: string;
  password: string;
  name?: string;
  company?: string;
  setup_code?: string;
}

/** A project and an agent of it: what most calls are about. */
export interface Place {
  projectId: Id;
  chatbotId: string;
}

/** An id as a part of a path. */
export const part = (value: Id): string => encodeURIComponent(String(value));

export const me = (): Promise<Me> => call<Me>("GET", "/v1/auth/me");

export const signUp = (body: SignUp): Promise<Response> => send("POST", "/v1/auth/signup", { body });

export const logIn = (email: string, password: string): Promise<Response> =>
  send("POST", "/v1/auth/login", { body: { email, password } });

export const logOut = (): Promise<Response> => send("POST", "/v1/auth/logout", { body: {} });

export const revealKey = async (password: string): Promise<string> =>
  (await call<{ key: string }>("POST", "/v1/api-keys/primary/reveal", { body: { password } })).key;

export const listProjects = async (): Promise<Project[]> =>
  (await call<{ projects: Project[] }>("GET", "/v1/projects?pageSize=200")).projects;

export const createProject = (name: string, idempotencyKey: string): Promise<Project> =>
  call<Project>("POST", "/v1/projects", { body: { name }, idempotencyKey });

export const listAgents = async (projectId: Id): Promise<Agent[]> =>
  (await call<{ chatbots: Agent[] }>("GET", `/v1/ai-agent/chatbot/${part(projectId)}?pageSize=200`)).chatbots;

/** The documented answer is the new id alone. */
export const createAgent = (projectId: Id, name: string, language: string, idempotencyKey: string): Promise<string> =>
  call<string>("POST", `/v1/ai-agent/chatbot/${part(projectId)}`, { body: { name, language }, idempotencyKey });

export const addText = (place: Place, fileName: string, content: string, idempotencyKey: string): Promise<unknown> =>
  callBare("POST", `/v1/ai-agent/link_content/${part(place.projectId)}`, {
    body: { chatbot_id: place.chatbotId, content, file_name: fileName },
    idempotencyKey,
  });

export const addFile = (place: Place, file: File, idempotencyKey: string): Promise<unknown> => {
  const form = new FormData();
  form.append("chatbot_id", place.chatbotId);
  form.append("file", file, file.name);
  return callBare("POST", `/v1/ai-agent/upload_file/${part(place.projectId)}`, { form, idempotencyKey });
};

export const listAssets = (place: Place, pageToken: string | null): Promise<AssetPage> => {
  const query = new URLSearchParams({ pageSize: "200" });
  if (pageToken !== null) {
    query.set("nextPageToken", pageToken);
  }
  return call<AssetPage>(
    "GET",
    `/v1/ai-agent/chatbot_asset_link/${part(place.projectId)}/${part(place.chatbotId)}?${query.toString()}`,
  );
};

export const deleteAsset = (place: Place, assetId: Id): Promise<unknown> =>
  send("DELETE", `/v1/ai-agent/assets/${part(place.projectId)}/${part(assetId)}`);

export const assetText = async (place: Place, assetId: Id, version: number | null): Promise<string> => {
  const query = version === null ? "" : `?version=${version}`;
  const path = `/v1/ai-agent/assets/${part(place.projectId)}/${part(assetId)}/text${query}`;
  return (await call<{ text: string }>("GET", path)).text;
};

export interface Question {
  /** Empty with a click. */
  query: string;
  action: Action | null;
  sessionId: string | null;
  idempotencyKey: string;
  signal: AbortSignal;
}

export const ask = (place: Place, question: Question): Promise<Response> =>
  send("POST", "/v1/ai-agent/chat/stream", {
    body: {
      query: question.query,
      pid: String(place.projectId),
      chatbot_id: place.chatbotId,
      user_context: {
        platform: "web",
        ...(question.sessionId === null ? {} : { session_id: question.sessionId }),
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        locale: navigator.language,
      },
      ...(question.action === null ? {} : { action: question.action }),
    },
    idempotencyKey: question.idempotencyKey,
    signal: question.signal,
  });

export const stopAnswer = (messageId: string): Promise<unknown> =>
  send("DELETE", `/v1/ai-agent/chat/stream/${part(messageId)}`);

/** The booking as an iCalendar file; a link, since the session's cookie opens it. */
export const bookingFile = (projectId: Id, bookingId: string): string =>
  `/v1/booking/bookings/${part(projectId)}/${part(bookingId)}/ics`;
