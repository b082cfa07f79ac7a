// The files of the message that is being written, on their way to the server.
import { ApiError, HEADERS, raw } from "@/api";
import { newId } from "@/app/browser";
import { isPicture, kindOf, MOST_BYTES, MOST_FILES } from "@/chat/file-kinds";
import type { Attachment } from "@/chat/types";
import { loadRefusals } from "@/i18n/refusals";

/** Why a file isn't sent, told by this browser. */
export type Refusal = "tooLarge" | "wrongType" | "empty" | "tooMany";
export class FileRefused extends Error {
  readonly why: Refusal;

  constructor(why: Refusal) {
    super(why);
    this.why = why;
  }
}

interface Under {
  file: File;
  request: XMLHttpRequest | null;
}

export class Uploads {
  private files: readonly Attachment[];
  private readonly under = new Map<string, Under>();
  private readonly listeners = new Set<() => void>();

  private readonly seconds: number | null;

  /** `seconds`: after which the server deletes what was sent; null: it keeps it. */
  constructor(files: readonly Attachment[] = [], seconds: number | null = null) {
    this.files = files;
    this.seconds = seconds;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): readonly Attachment[] => this.files;

  /** Begins to send; gives the local ids. */
  add(files: Iterable<File>): string[] {
    return [...files].map((file) => {
      const id = `local-${newId()}`;
      const preview = isPicture(file.type) ? URL.createObjectURL(file) : undefined;
      this.put([...this.files, { id, name: file.name, type: file.type, size: file.size, state: "uploading", progress: 0, ...(preview !== undefined && { preview }) }]);
      this.under.set(id, { file, request: null });
      void this.send(id, file);
      return id;
    });
  }

  again(id: string): void {
    const under = this.under.get(id);
    if (under === undefined) return;
    this.change(id, { state: "uploading", progress: 0, error: undefined });
    void this.send(id, under.file);
  }

  /** Cancels it, or takes it off the message. */
  remove(id: string): void {
    this.under.get(id)?.request?.abort();
    this.under.delete(id);
    const gone = this.files.find((file) => file.id === id);
    if (gone?.preview?.startsWith("blob:") === true) URL.revokeObjectURL(gone.preview);
    if (gone?.state === "ready" && gone.kept !== true) deleteFile(id);
    this.put(this.files.filter((file) => file.id !== id));
  }

  /** The message was sent with them: its pictures are still shown there. */
  take(): readonly Attachment[] {
    const taken = this.files.filter((file) => file.state === "ready");
    this.put(this.files.filter((file) => file.state !== "ready"));
    return taken;
  }

  giveBack(files: readonly Attachment[]): void {
    this.put([...files, ...this.files]);
  }

  private async send(id: string, file: File): Promise<void> {
    const refusal = await this.refusal(id, file);
    if (!this.under.has(id)) return;
    if (refusal instanceof FileRefused) return this.change(id, { state: "failed", error: refusal });
    const request = new XMLHttpRequest();
    this.under.set(id, { file, request });
    request.upload.onprogress = (event) => event.lengthComputable && this.change(id, { progress: event.loaded / event.total });
    request.onload = () => this.loaded(id, request);
    request.onerror = () => this.change(id, { state: "failed", error: new ApiError(0, { code: "unreachable" }) });
    request.open("POST", "/v1/files");
    request.setRequestHeader("idempotency-key", id);
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);
    const form = new FormData();
    form.set("purpose", "user_data");
    if (this.seconds !== null) {
      form.set("expires_after[anchor]", "created_at");
      form.set("expires_after[seconds]", String(this.seconds));
    }
    form.set("file", refusal === file.type ? file : new File([file], file.name, { type: refusal }));
    request.send(form);
  }

  private async refusal(id: string, file: File): Promise<FileRefused | string> {
    if (this.files.findIndex((each) => each.id === id) >= MOST_FILES) return new FileRefused("tooMany");
    if (file.size === 0) return new FileRefused("empty");
    if (this.files.reduce((sum, each) => sum + (each.state === "failed" ? 0 : (each.size ?? 0)), 0) > MOST_BYTES) return new FileRefused("tooLarge");
    return (await kindOf(file).catch(() => null)) ?? new FileRefused("wrongType");
  }

  private loaded(id: string, request: XMLHttpRequest): void {
    let body: unknown = null;
    try {
      body = JSON.parse(request.responseText);
    } catch {
      // the status says enough
    }
    if (request.status >= 200 && request.status < 300) {
      const { id: given } = body as { id: string };
      this.under.delete(id);
      this.put(this.files.map((file) => (file.id === id ? { ...file, id: given, state: "ready", progress: 1 } : file)));
      return;
    }
    // OpenAI's dialect wraps what it says.
    const said = (body as { error?: { code?: string | null; message?: string } } | null)?.error;
    const error = new ApiError(request.status, { code: said?.code ?? "unknown", detail: said?.message ?? "" });
    this.change(id, { state: "failed", error });
    void loadRefusals().then(() => this.change(id, {})); // shown anew, in the person's language
  }

  private change(id: string, change: Partial<Attachment>): void {
    this.put(this.files.map((file) => (file.id === id ? { ...file, ...change } : file)));
  }

  private put(files: readonly Attachment[]): void {
    this.files = files;
    for (const listener of this.listeners) listener();
  }
}

/** Takes a file from the server; one that can't be taken now is the server's to lose. */
export function deleteFile(id: string): void {
  void raw(`/v1/files/${encodeURIComponent(id)}`, { method: "DELETE" }).catch(() => undefined);
}
