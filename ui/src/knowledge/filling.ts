// Files on their way into a base: sent to the server two at a time, and put in together as they arrive. Who goes to another page
// of the app finds them again; who leaves the app is asked first.
import { useSyncExternalStore } from "react";
import { ApiError, HEADERS } from "@/api";
import { refused } from "@/api/client";
import { newId } from "@/app/browser";
import { loadRefusals } from "@/i18n/refusals";
import { MOST_BYTES, putIn, type Sizes } from "@/knowledge/stores";

export type Refusal = "tooLarge" | "empty";

export interface Coming {
  key: string;
  name: string;
  size: number;
  /** "arrived": with the server, and about to be put in. */
  state: "waiting" | "sending" | "arrived" | "failed";
  /** From 0 to 1. */
  progress: number;
  error: Refusal | ApiError | null;
}

const AT_ONCE = 2;
/** Files of one batch. */
const TOGETHER = 500;

export class Filling {
  private files: readonly Coming[] = [];
  private readonly contents = new Map<string, File>();
  private readonly requests = new Map<string, XMLHttpRequest>();
  /** What has arrived, by key. */
  private readonly ids = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private readonly storeId: string;
  private putting = false;
  private sizes: Sizes | null = null;

  constructor(storeId: string) {
    this.storeId = storeId;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): readonly Coming[] => this.files;

  get busy(): boolean {
    return this.files.some((file) => file.state !== "failed");
  }

  add(files: Iterable<File>, sizes: Sizes): void {
    this.sizes = sizes;
    const added = [...files].map((file): Coming => {
      const key = newId();
      const error: Refusal | null = file.size > MOST_BYTES ? "tooLarge" : file.size === 0 ? "empty" : null;
      if (error === null) this.contents.set(key, file);
      return { key, name: file.name, size: file.size, state: error === null ? "waiting" : "failed", progress: 0, error };
    });
    this.put([...this.files, ...added]);
    this.next();
  }

  again(key: string): void {
    this.change(key, { state: this.ids.has(key) ? "arrived" : "waiting", progress: 0, error: null });
    if (this.ids.has(key)) void this.putArrived();
    else this.next();
  }

  remove(key: string): void {
    this.requests.get(key)?.abort();
    const id = this.ids.get(key);
    // What has arrived and isn't wanted is nobody's.
    if (id !== undefined) void fetch(`/v1/files/${encodeURIComponent(id)}`, { method: "DELETE", headers: HEADERS }).catch(() => undefined);
    this.forget(key);
    this.next();
  }

  private next(): void {
    for (const file of this.files) {
      if (this.requests.size >= AT_ONCE) return;
      const content = this.contents.get(file.key);
      if (file.state === "waiting" && content !== undefined) this.send(file.key, content);
    }
  }

  private send(key: string, content: File): void {
    const request = new XMLHttpRequest();
    this.requests.set(key, request);
    this.change(key, { state: "sending", progress: 0 });
    request.upload.onprogress = (event) => event.lengthComputable && this.change(key, { progress: event.loaded / event.total });
    request.onload = () => this.sent(key, request);
    request.onerror = () => this.failed(key, new ApiError(0, { code: "unreachable" }));
    request.open("POST", "/v1/files");
    request.setRequestHeader("idempotency-key", key);
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);
    const form = new FormData();
    form.set("purpose", "assistants");
    form.set("file", content);
    request.send(form);
  }

  private sent(key: string, request: XMLHttpRequest): void {
    let body: unknown = null;
    try {
      body = JSON.parse(request.responseText);
    } catch {
      // the status says enough
    }
    if (request.status < 200 || request.status >= 300) return this.failed(key, refused(new Response(null, { status: request.status || 500 }), body));
    this.ids.set(key, (body as { id: string }).id);
    this.requests.delete(key);
    this.change(key, { state: "arrived", progress: 1 });
    void this.putArrived();
    this.next();
  }

  private failed(key: string, error: ApiError): void {
    this.requests.delete(key);
    this.change(key, { state: "failed", error });
    void loadRefusals().then(() => this.change(key, {})); // shown anew, in the person's language
    this.next();
  }

  /** What arrives while others are being put in waits for them. */
  private async putArrived(): Promise<void> {
    if (this.putting || this.sizes === null) return;
    this.putting = true;
    try {
      for (;;) {
        const arrived = this.files.filter((file) => file.state === "arrived").slice(0, TOGETHER);
        if (arrived.length === 0) return;
        await this.putThese(arrived, this.sizes);
      }
    } finally {
      this.putting = false;
    }
  }

  private async putThese(files: readonly Coming[], sizes: Sizes): Promise<void> {
    const ids = files.flatMap(({ key }) => this.ids.get(key) ?? []);
    try {
      await putIn(this.storeId, ids, sizes);
      for (const { key } of files) this.forget(key);
    } catch (error) {
      const told = error instanceof ApiError ? error : new ApiError(0, { code: "unknown" });
      for (const { key } of files) this.change(key, { state: "failed", error: told });
    }
  }

  private forget(key: string): void {
    for (const map of [this.contents, this.requests, this.ids]) map.delete(key);
    this.put(this.files.filter((file) => file.key !== key));
  }

  private change(key: string, change: Partial<Coming>): void {
    this.put(this.files.map((file) => (file.key === key ? { ...file, ...change } : file)));
  }

  private put(files: readonly Coming[]): void {
    this.files = files;
    for (const listener of this.listeners) listener();
  }
}

const fillings = new Map<string, Filling>();

/** The one of a base: the same on every page of this tab. */
export function fillingOf(storeId: string): Filling {
  const found = fillings.get(storeId) ?? new Filling(storeId);
  fillings.set(storeId, found);
  return found;
}

export function useComing(filling: Filling): readonly Coming[] {
  return useSyncExternalStore(filling.subscribe, filling.snapshot);
}

window.addEventListener("beforeunload", (event) => {
  if ([...fillings.values()].some((filling) => filling.busy)) event.preventDefault();
});
