// Asks once, however often it has to be said: every try carries the same key.
import { ApiError, raw } from "@/api";
import { delayOf, pause } from "@/chat/waiting";

/** The answer of each to a try that may go better the next time. */
const TRIES = 6;
const LONGEST_WAIT = 10;

export interface Asking {
  address: string;
  body: unknown;
  /** The same for every try. */
  key: string;
}

/** The server's stream. Throws ApiError when it is refused, or still can't be reached after about 15 s; AbortError. */
export async function ask({ address, body, key }: Asking, signal: AbortSignal, waiting: () => void = () => undefined): Promise<Response> {
  const init = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { accept: "text/event-stream", "content-type": "application/json", "idempotency-key": key },
    signal,
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await raw(address, init);
    } catch (error) {
      if (!(error instanceof ApiError) || !passing(error) || attempt >= TRIES) throw error;
      if (attempt > 0) waiting();
      await pause(error.retryAfter === null ? delayOf(attempt) : error.retryAfter * 1_000, signal);
    }
  }
}

/** Whether the same may be said again at once: nothing was begun, or what was begun is found. */
function passing(error: ApiError): boolean {
  if (error.code === "idempotency_in_flight" || error.status === 0) return true;
  return error.status === 503 && (error.retryAfter ?? 1) <= LONGEST_WAIT;
}
