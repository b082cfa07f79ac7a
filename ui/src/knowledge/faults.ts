// Why a file couldn't be read: the server says it in English, in sentences that are known.
import type { Messages } from "@/i18n/knowledge";

type Fault = keyof Messages["knowledge"]["faults"];

const KNOWN: readonly [RegExp, Fault][] = [
  [/is scanned/, "scanned"],
  [/holds no text/, "empty"],
  [/password/, "locked"],
  [/more than \d+ MB|more text than|more time or memory|unpacks to more/, "large"],
  [/No more can be kept/, "full"],
  [/interrupted too often/, "interrupted"],
  [/may not call models/, "forbidden"],
];
const BY_CODE: Readonly<Record<string, Fault>> = { unsupported_file: "kind", invalid_file: "damaged", server_error: "unavailable" };

/** The reason in the person's language; the server's own words where ours know nothing better. */
export function reasonOf(error: { code: string; message: string }, words: Messages): string {
  const known = KNOWN.find(([sign]) => sign.test(error.message))?.[1] ?? BY_CODE[error.code];
  return known === undefined ? error.message : words.knowledge.faults[known];
}
