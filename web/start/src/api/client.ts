/** Calls the server that this page came from, with its session cookie. */

import { strings } from "../strings.ts";
import { ApiError, errorFrom } from "./error.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface CallOptions {
  body?: object;
  form?: FormData;
  /** Names the effect: sent again with the same key, the server answers again and does nothing twice. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

let signedOut: () => void = () => undefined;

/** What to do when the server no longer knows the session. */
export function onSignedOut(action: () => void): void {
  signedOut = action;
}

/** Sends the request and gives the response of a 2xx; anything else is thrown as an `ApiError`. */
export async function send(method: Method, path: string, options: CallOptions = {}): Promise<Response> {
  const headers = new Headers({ accept: "application/json, text/event-stream" });
  if (method !== "GET") {
    headers.set("x-robofy-csrf", "1");
  }
  if (options.body !== undefined) {
    headers.set("content-type", "application/json");
  }
  if (options.idempotencyKey !== undefined) {
    headers.set("idempotency-key", options.idempotencyKey);
  }
  const body = options.form ?? (options.body === undefined ? null : JSON.stringify(options.body));
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body, credentials: "same-origin", signal: options.signal ?? null });
  } catch (cause) {
    throw unreachable(cause);
  }
  if (response.ok) {
    return response;
  }
  const error = errorFrom(
    response.status,
    await response.json().catch(() => null),
    response.headers.get("x-request-id"),
    strings.errors.unreadable(response.status),
  );
  if (response.status === 401 && !path.startsWith("/v1/auth/") && !path.includes("/primary/")) {
    signedOut();
  }
  throw error;
}

/** The whole JSON body of the answer; a few documented answers have no `data`. */
export async function callBare<T>(method: Method, path: string, options?: CallOptions): Promise<T> {
  const response = await send(method, path, options);
  try {
    return (await response.json()) as T;
  } catch {
    throw errorFrom(response.status, null, response.headers.get("x-request-id"), strings.errors.unreadable(response.status));
  }
}

/** What the answer carries in `data`. */
export async function call<T>(method: Method, path: string, options?: CallOptions): Promise<T> {
  return (await callBare<{ data: T }>(method, path, options)).data;
}

function unreachable(cause: unknown): ApiError {
  if (cause instanceof ApiError) {
    return cause;
  }
  return new ApiError({ code: "NO_ANSWER", status: 0, detail: strings.errors.noAnswer });
}
