import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { kindOf, MOST_FILES } from "@/chat/file-kinds";
import { FileRefused, Uploads } from "@/chat/uploads";

class Request {
  static readonly made: Request[] = [];
  status = 0;
  responseText = "";
  upload: { onprogress: ((event: unknown) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  aborted = false;
  readonly headers: Record<string, string> = {};
  sent: FormData | null = null;

  constructor() {
    Request.made.push(this);
  }

  open(): void {}
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  send(form: FormData): void {
    this.sent = form;
  }

  abort(): void {
    this.aborted = true;
  }

  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
  }
}

beforeEach(() => {
  Request.made.length = 0;
  vi.stubGlobal("XMLHttpRequest", Request);
});

afterEach(() => vi.unstubAllGlobals());

const file = (name = "a.txt", type = "text/plain", content: BlobPart = "olá") => new File([content], name, { type });
const sent = (count: number): Promise<void> => vi.waitFor(() => expect(Request.made).toHaveLength(count));

it("tells how far a file is, and takes the id that the server gives", async () => {
  const uploads = new Uploads();
  uploads.add([file()]);
  await sent(1);
  Request.made[0]?.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
  expect(uploads.snapshot()[0]).toMatchObject({ state: "uploading", progress: 0.25, name: "a.txt" });
  Request.made[0]?.answer(200, { id: "file-1" });
  expect(uploads.snapshot()[0]).toMatchObject({ state: "ready", id: "file-1" });
  expect(Request.made[0]?.headers).toMatchObject({ "x-prosa-csrf": "1", "idempotency-key": expect.stringMatching(/^local-/) });
  expect(Request.made[0]?.sent?.get("purpose")).toBe("user_data");
  expect(uploads.take()).toHaveLength(1);
  expect(uploads.snapshot()).toEqual([]);
});

it("says why the server refused one, and tries it again", async () => {
  const uploads = new Uploads();
  const [id = ""] = uploads.add([file()]);
  await sent(1);
  Request.made[0]?.answer(413, { error: { code: "file_quota_exceeded", message: "Too much." } });
  expect(uploads.snapshot()[0]).toMatchObject({ state: "failed", error: { code: "file_quota_exceeded", status: 413, detail: "Too much." } });
  expect(uploads.take()).toEqual([]);
  uploads.again(id);
  await sent(2);
  Request.made[1]?.answer(200, { id: "file-2" });
  expect(uploads.snapshot()[0]?.id).toBe("file-2");
});

it("cancels one that is on its way", async () => {
  const uploads = new Uploads();
  const [id = ""] = uploads.add([file()]);
  await sent(1);
  uploads.remove(id);
  expect(Request.made[0]?.aborted).toBe(true);
  expect(uploads.snapshot()).toEqual([]);
});

it.each([
  ["empty", file("leer.txt", "text/plain", "")],
  ["wrongType", file("a.mp3", "audio/mpeg")],
  ["wrongType", file("a.bin", "", new Uint8Array([1, 0, 2]))],
])("refuses what is %s without sending it", async (why, refused) => {
  const uploads = new Uploads();
  uploads.add([refused]);
  await vi.waitFor(() => expect(uploads.snapshot()[0]?.state).toBe("failed"));
  expect(uploads.snapshot()[0]?.error).toMatchObject(new FileRefused(why as "empty"));
  expect(Request.made).toHaveLength(0);
});

it("takes so many files at most", async () => {
  const uploads = new Uploads();
  uploads.add(Array.from({ length: MOST_FILES + 1 }, () => file()));
  await sent(MOST_FILES);
  expect(uploads.snapshot().at(-1)?.error).toMatchObject({ why: "tooMany" });
});

it("knows text by what is in it", async () => {
  expect(await kindOf(file("Makefile", "", "all:\n"))).toBe("text/plain");
  expect(await kindOf(file("a.svg", "image/svg+xml", "<svg/>"))).toBe("text/plain");
  expect(await kindOf(file("a.heic", "image/heic"))).toBeNull();
});
