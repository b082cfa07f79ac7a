import { api, call, events, isApiError, raw, type Schemas } from "@/api";

export type WholeRun = Schemas["WholeRun"];
export type RunEvent = Record<string, unknown> & { type: string };

const PAUSE = 1_000;

/** Follows a run to its end, through broken connections too; gives it as it ended. Throws ApiError, or AbortError. */
export async function followRun(id: string, onEvent: (event: RunEvent) => void, signal: AbortSignal): Promise<WholeRun> {
  let last = -1;
  for (;;) {
    try {
      const path = `/api/v1/runs/${encodeURIComponent(id)}/events?starting_after=${last}`;
      for await (const each of events(await raw(path, { headers: { accept: "text/event-stream" }, signal }))) {
        const event = parsed(each.data);
        if (event === null) continue;
        if (each.id !== "") last = Math.max(last, Number(each.id));
        onEvent(event);
      }
    } catch (error) {
      if (signal.aborted || (isApiError(error) && error.status >= 400 && error.status < 500)) throw error;
    }
    const run = await current(id, signal);
    if (run !== null && !run.open) return run;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    signal.throwIfAborted();
  }
}

async function current(id: string, signal: AbortSignal): Promise<WholeRun | null> {
  try {
    return await call(api.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: id } }, signal }));
  } catch (error) {
    if (isApiError(error) && (error.status === 0 || error.status >= 500)) return null;
    throw error;
  }
}

function parsed(data: string): RunEvent | null {
  try {
    const event = JSON.parse(data) as unknown;
    return typeof event === "object" && event !== null && "type" in event && typeof event.type === "string" ? (event as RunEvent) : null;
  } catch {
    return null;
  }
}

/** Ends a run early; one that has ended already is as good. */
export async function cancelRun(id: string): Promise<void> {
  await call(api.PUT("/api/v1/runs/{run_id}/cancellation", { params: { path: { run_id: id } } })).catch(() => undefined);
}
