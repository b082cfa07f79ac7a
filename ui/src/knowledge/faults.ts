// Why a file couldn't be read: the server says it in English, in sentences that are known.
import type { Messages } from "@/i18n/knowledge";

type Fault = keyof Messages["knowledge"]["faults"];

interface Told {
  code: string;
  message: string;
}

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

/** Those for which another try may go better. */
const PASSING: readonly Fault[] = ["full", "interrupted", "forbidden", "unavailable"];

const faultOf = (error: Told): Fault | undefined => KNOWN.find(([sign]) => sign.test(error.message))?.[1] ?? BY_CODE[error.code];

export function isPassing(error: Told): boolean {
  const fault = faultOf(error);
  return fault === undefined || PASSING.includes(fault);
}

/** The reason in the person's language; the server's own words where ours know nothing better. */
export function reasonOf(error: Told, words: Messages): string {
  const known = faultOf(error);
  return known === undefined ? error.message : words.knowledge.faults[known];
}
