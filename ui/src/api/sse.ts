/** One event of a stream (WHATWG HTML, server-sent events). */
export interface StreamEvent {
  id: string;
  event: string;
  data: string;
}

/** The events of an answer, in order; ends with the answer. Throws what reading throws. */
export async function* events(response: Response): AsyncGenerator<StreamEvent, void, undefined> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const parser = new StreamParser();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Cuts text into events, wherever the network cut it. */
export class StreamParser {
  private rest = "";
  private id = "";
  private event = "";
  private data: string[] = [];

  *feed(text: string): Generator<StreamEvent, void, undefined> {
    const whole = this.rest + text;
    // A CR at the very end may be the first half of a CRLF.
    const held = whole.endsWith("\r") ? 1 : 0;
    const lines = whole.slice(0, whole.length - held).split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? "") + whole.slice(whole.length - held);
    for (const line of lines) {
      const made = this.line(line);
      if (made !== null) yield made;
    }
  }

  private line(line: string): StreamEvent | null {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.data.push(value);
    else if (name === "event") this.event = value;
    else if (name === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): StreamEvent | null {
    const made = this.data.length > 0 ? { id: this.id, event: this.event || "message", data: this.data.join("\n") } : null;
    this.event = "";
    this.data = [];
    return made;
  }
}
