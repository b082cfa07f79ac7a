// How far the files are that are being read: the run of each batch tells, in pages that are asked for as long as somebody looks.
import { useEffect, useState } from "react";
import { raw } from "@/api";

export interface Stage {
  stage: "extracting" | "embedding" | "storing";
  done: number;
  of: number | null;
}

interface Told {
  type: string;
  file_id?: string;
  stage?: Stage["stage"];
  done?: number;
  of?: number | null;
}

interface Page {
  data: { event: Told }[];
  last: number;
  ended: boolean;
}

/** Batches that are watched at once: the others' files wait for these anyway. */
const MOST = 3;
const PACE = 1_000;
const SLOWEST = 5_000;

/** By file; files that aren't told of yet are queued. */
export function useStages(batches: readonly string[]): ReadonlyMap<string, Stage> {
  const [stages, setStages] = useState<ReadonlyMap<string, Stage>>(new Map());
  const watched = [...batches].sort().slice(0, MOST).join(" ");
  useEffect(() => {
    if (watched === "") return;
    const watch = new Watch(watched.split(" "), setStages);
    return () => {
      watch.end();
      setStages(new Map()); // what was last heard of these says nothing of the next ones
    };
  }, [watched]);
  return stages;
}

class Watch {
  private readonly leave = new AbortController();
  private readonly last = new Map<string, number>();
  private readonly ended = new Set<string>();
  private stages: ReadonlyMap<string, Stage> = new Map();
  private readonly tell: (stages: ReadonlyMap<string, Stage>) => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wait = PACE;

  constructor(batches: readonly string[], tell: (stages: ReadonlyMap<string, Stage>) => void) {
    this.tell = tell;
    void this.look(batches);
  }

  end(): void {
    this.leave.abort();
    clearTimeout(this.timer);
  }

  private async look(batches: readonly string[]): Promise<void> {
    if (document.visibilityState === "visible") {
      const open = batches.filter((batch) => !this.ended.has(batch));
      const news = await Promise.all(open.map((batch) => this.page(batch).catch(() => false)));
      if (open.length === 0) return;
      this.wait = news.some(Boolean) ? PACE : Math.min(this.wait * 1.5, SLOWEST);
    }
    if (this.leave.signal.aborted) return;
    this.timer = setTimeout(() => void this.look(batches), this.wait);
  }

  /** Whether there was anything new. */
  private async page(batch: string): Promise<boolean> {
    const run = batch.replace(/^vsfb_/, "run_");
    const after = this.last.get(batch) ?? -1;
    const response = await raw(`/api/v1/runs/${encodeURIComponent(run)}/events?starting_after=${after}&limit=1000`, { signal: this.leave.signal });
    const { data, last, ended } = (await response.json()) as Page;
    if (ended) this.ended.add(batch);
    if (data.length === 0) return false;
    this.last.set(batch, last);
    this.stages = folded(
      this.stages,
      data.map(({ event }) => event),
    );
    this.tell(this.stages);
    return true;
  }
}

/** What the events make of what was known. */
export function folded(before: ReadonlyMap<string, Stage>, events: readonly Told[]): ReadonlyMap<string, Stage> {
  const after = new Map(before);
  for (const { type, file_id, stage, done, of } of events) {
    if (file_id === undefined) continue;
    if (type === "ingestion.progress" && stage !== undefined) after.set(file_id, { stage, done: done ?? 0, of: of ?? null });
    else if (type === "ingestion.file") after.delete(file_id);
  }
  return after;
}
