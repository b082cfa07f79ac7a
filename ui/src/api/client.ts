import createClient, { type Middleware } from "openapi-fetch";
import { ApiError } from "@/api/errors";
import type { paths } from "@/api/schema";
import { isRare, loadRefusals } from "@/i18n/refusals";

type Listener = () => void;
const signedOut = new Set<Listener>();

/** Calls `listener` whenever the server says that nobody is signed in (any more). */
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** Headers that every call of the app carries: the second one is what no other site can send along. */
export const HEADERS = { accept: "application/json", "x-prosa-csrf": "1" } as const;

const telling: Middleware = {
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !schemaPath.startsWith("/api/v1/auth/")) for (const listener of signedOut) listener();
  },
};

export const api = createClient<paths>({ baseUrl: "", headers: HEADERS, cache: "no-store", credentials: "same-origin" });
api.use(telling);

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of a call. Throws ApiError for anything else. */
export async function call<T>(promise: Promise<Outcome<T>>): Promise<T> {
  return (await whole(promise)).data;
}

/** The data of a call with its ETag. Throws ApiError. */
export async function whole<T>(promise: Promise<Outcome<T>>): Promise<{ data: T; etag: string | null }> {
  let outcome: Outcome<T>;
  try {
    outcome = await promise;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, { code: "unreachable" });
  }
  if (!outcome.response.ok) {
    const error = refused(outcome.response, outcome.error);
    if (isRare(error.code)) await loadRefusals();
    throw error;
  }
  return { data: outcome.data as T, etag: outcome.response.headers.get("etag") };
}

/** What an answer that isn't one says. */
export function refused(response: Response, body: unknown): ApiError {
  const seconds = Number(response.headers.get("retry-after"));
  const told = typeof body === "object" && body !== null ? body : {};
  // OpenAI's dialect wraps what it says.
  const wrapped = "error" in told && typeof told.error === "object" && told.error !== null ? (told.error as { message?: string }) : null;
  const problem = wrapped === null ? told : { ...wrapped, detail: wrapped.message ?? "" };
  return new ApiError(response.status, problem, Number.isFinite(seconds) && seconds > 0 ? seconds : null);
}

/** A call that the typed client isn't made for: streams, uploads, downloads. Throws ApiError unless it is a 2xx. */
export async function raw(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { cache: "no-store", credentials: "same-origin", ...init, headers: { ...HEADERS, ...init.headers } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, { code: "unreachable" });
  }
  if (response.ok) return response;
  if (response.status === 401) for (const listener of signedOut) listener();
  const body: unknown = await response.json().catch(() => null);
  const error = refused(response, body);
  if (isRare(error.code)) await loadRefusals();
  throw error;
}
