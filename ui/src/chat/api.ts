import { raw, type Schemas } from "@/api";
import { INCLUDED } from "@/chat/parts";

/** One thing that was said, as the server shows it. */
export type Item = Schemas["ItemDocument"];
export type ItemPage = Schemas["ItemsDocument"];
export type Answer = Schemas["Answer"];
export type Run = Schemas["Run"];
export type Summary = Schemas["Summary"];
export type Feedback = Schemas["Feedback"];

interface Listed<T> {
  data: T[];
  next_cursor: string | null;
}

/** How many items come at once. */
export const PAGE = 50;

const SHOWN = INCLUDED.map((each) => `&include[]=${each}`).join("");
const of = (id: string): string => `/api/v1/conversations/${encodeURIComponent(id)}`;
const item = (id: string, itemId: string): string => `${of(id)}/items/${encodeURIComponent(itemId)}`;
const run = (id: string): string => `/api/v1/runs/${encodeURIComponent(id)}`;

export async function read<T>(address: string, signal?: AbortSignal): Promise<T> {
  return (await (await raw(address, signal ? { signal } : {})).json()) as T;
}

async function write<T>(method: string, address: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const init: RequestInit = { method, headers: body === undefined ? headers : { "content-type": "application/json", ...headers } };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await raw(address, init);
  return (response.status === 204 ? null : await response.json()) as T;
}

export const addresses = {
  answers: (id: string): string => `${of(id)}/answers`,
  temporary: "/api/v1/answers",
  events: (runId: string, after: number): string => `${run(runId)}/events?starting_after=${after}`,
};

export const chatApi = {
  items(id: string, cursor: string | null, signal?: AbortSignal): Promise<ItemPage> {
    const further = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    return read(`${of(id)}/items?limit=${PAGE}${SHOWN}${further}`, signal);
  },
  answers(id: string, cursor: string | null, signal?: AbortSignal): Promise<Listed<Answer>> {
    const further = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    return read(`${of(id)}/answers?limit=${PAGE}${further}`, signal);
  },
  summaries: (id: string, signal?: AbortSignal): Promise<Listed<Summary>> => read(`${of(id)}/summaries`, signal),
  feedback: (id: string, signal?: AbortSignal): Promise<{ data: Feedback[] }> => read(`${of(id)}/feedback`, signal),
  run: (runId: string): Promise<Schemas["WholeRun"]> => read(run(runId)),
  context: (runId: string): Promise<Schemas["AnswerContext"]> => read(`${run(runId)}/context`),
  cancel: (runId: string): Promise<Schemas["WholeRun"]> => write("PUT", `${run(runId)}/cancellation`),
  choose: (id: string, itemId: string): Promise<unknown> => write("PUT", `${item(id, itemId)}/choice`),
  remove: (id: string, itemId: string): Promise<unknown> => write("DELETE", item(id, itemId)),
  version: (id: string, itemId: string, content: unknown, key: string): Promise<Item> =>
    write("POST", `${item(id, itemId)}/versions`, { content }, { "idempotency-key": key }),
  rate: (id: string, itemId: string, rating: "up" | "down", reason: string | null): Promise<Feedback> =>
    write("PUT", `${item(id, itemId)}/feedback`, { rating, reason }),
  unrate: (id: string, itemId: string): Promise<null> => write("DELETE", `${item(id, itemId)}/feedback`),
  begin: (body: unknown, key: string): Promise<Schemas["Conversation"]> => write("POST", "/api/v1/conversations", body, { "idempotency-key": key }),
};
