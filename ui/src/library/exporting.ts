import { api, call, isApiError, raw, type Schemas } from "@/api";
import { download } from "@/app/browser";
import { language } from "@/i18n";
import { followRun, type WholeRun } from "@/library/runs";

export type Format = Schemas["NewExport"]["format"];
export const FORMATS: readonly Format[] = ["markdown", "pdf", "docx", "json"];

export interface ExportWish {
  /** null: all that aren't in the trash. */
  ids: readonly string[] | null;
  format: Format;
  attachments: boolean;
}

/** How far an export is that takes longer. */
export interface Progress {
  run: string;
  done: number;
  of: number | null;
}

/** What became of it: a file that has been handed over, or one that waits at an address. */
export type Exported = { kind: "saved" } | { kind: "waiting"; href: string; leftOut: number };

function speaker(): { language: "en" | "pt"; time_zone: string } {
  return { language: language() === "pt-BR" ? "pt" : "en", time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/** Exports: one conversation at once where it fits, all else as a run. Throws ApiError, or AbortError; null: it was cancelled. */
export async function exportConversations(wish: ExportWish, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Exported | null> {
  const [only] = wish.ids ?? [];
  if (wish.ids?.length === 1 && only !== undefined && !wish.attachments) {
    try {
      await exportNow(only, wish.format, signal);
      return { kind: "saved" };
    } catch (error) {
      if (!isApiError(error, "export_too_large")) throw error;
    }
  }
  return exportByRun(wish, onProgress, signal);
}

async function exportNow(id: string, format: Format, signal: AbortSignal): Promise<void> {
  const query = new URLSearchParams({ format, ...speaker() });
  const response = await raw(`/api/v1/conversations/${encodeURIComponent(id)}/export?${query}`, { signal, headers: { accept: "*/*" } });
  download(filenameOf(response.headers.get("content-disposition")) ?? `prosa.${format === "markdown" ? "md" : format}`, await response.blob());
}

async function exportByRun(wish: ExportWish, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Exported | null> {
  const body = { format: wish.format, attachments: wish.attachments, conversation_ids: wish.ids === null ? null : [...wish.ids], ...speaker() };
  const started = await call(api.POST("/api/v1/exports", { body, signal }));
  onProgress({ run: started.id, done: 0, of: null });
  const ended = await followRun(
    started.id,
    (event) => {
      if (event.type === "export.progress") onProgress({ run: started.id, done: Number(event["done"]), of: Number(event["of"]) });
    },
    signal,
  );
  if (ended.state === "cancelled") return null;
  if (ended.state !== "completed") throw new ExportFailed(ended);
  const leftOut = ended.result?.["left_out"];
  return { kind: "waiting", href: `/api/v1/exports/${encodeURIComponent(started.id)}/content`, leftOut: Array.isArray(leftOut) ? leftOut.length : typeof leftOut === "number" ? leftOut : 0 };
}

/** The run ended without a file. */
export class ExportFailed extends Error {
  constructor(readonly run: WholeRun) {
    super(`the export ended as ${run.state}`);
  }
}

/** The name that a server gives a file (RFC 6266): the one for all characters before the plain one. */
export function filenameOf(disposition: string | null): string | null {
  const wide = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (wide !== undefined) {
    try {
      return decodeURIComponent(wide.trim());
    } catch {
      // not what it says it is: the plain name does
    }
  }
  return /filename="([^"]*)"/i.exec(disposition ?? "")?.[1] ?? /filename=([^;"]+)/i.exec(disposition ?? "")?.[1]?.trim() ?? null;
}
