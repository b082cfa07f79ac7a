import { api, call, raw, type Schemas } from "@/api";
import { followRun, type WholeRun } from "@/library/runs";

type Run = Schemas["Run"];

/** What a file holds, or what became of it (docs/guides/import.md). */
export interface ImportReport {
  source: string | null;
  conversations: number;
  items: number;
  files: number;
  written: number;
  already_there: number;
  left_out: Record<string, number>;
  problem_count: number;
  problems: { place: string; reason: string }[];
  error: { code: string; message: string } | null;
}

export interface ImportProgress {
  stage: "checking" | "writing";
  done: number;
  of: number | null;
}

/** What a run of an import ended with. */
export interface ImportEnd {
  state: WholeRun["state"];
  report: ImportReport | null;
}

/** Sends a file to be looked at; nothing is written. Throws ApiError. */
export async function startDryRun(file: File, signal: AbortSignal): Promise<Run> {
  const form = new FormData();
  form.append("dry_run", "true"); // before the file: it is read as it comes
  form.append("file", file);
  return (await raw("/api/v1/imports", { method: "POST", body: form, signal })).json() as Promise<Run>;
}

export async function startImport(dryRun: string): Promise<Run> {
  return call(api.POST("/api/v1/imports/{import_id}/execution", { params: { path: { import_id: dryRun } } }));
}

/** Follows it to its end. Throws ApiError, or AbortError. */
export async function followImport(id: string, onProgress: (progress: ImportProgress) => void, signal: AbortSignal): Promise<ImportEnd> {
  const run = await followRun(
    id,
    (event) => {
      if (event.type !== "import.progress") return;
      const of = event["of"];
      onProgress({ stage: event["stage"] === "writing" ? "writing" : "checking", done: Number(event["done"]), of: typeof of === "number" ? of : null });
    },
    signal,
  );
  return { state: run.state, report: reportOf(run.result) };
}

/** The report in a run's result, whatever else stands there. */
export function reportOf(result: Record<string, unknown> | null): ImportReport | null {
  if (result === null) return null;
  const count = (name: string): number => (typeof result[name] === "number" ? result[name] : 0);
  const source = result["source"];
  const leftOut = result["left_out"];
  const problems = result["problems"];
  const error = result["error"];
  return {
    source: typeof source === "string" ? source : null,
    conversations: count("conversations"),
    items: count("items"),
    files: count("files"),
    written: count("written"),
    already_there: count("already_there"),
    left_out: typeof leftOut === "object" && leftOut !== null ? (leftOut as Record<string, number>) : {},
    problem_count: count("problem_count"),
    problems: Array.isArray(problems) ? (problems as ImportReport["problems"]) : [],
    error: typeof error === "object" && error !== null ? (error as ImportReport["error"]) : null,
  };
}
