import { type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Cited } from "@/chat/citing";
import { Passage, useShownPassage } from "@/chat/message/passage";
import { contentOf } from "@/chat/message/steps/content";
import { ConversationContext } from "@/chat/message/where";
import type { AnswerPart, AnswerTurn } from "@/chat/types";
import { useWords } from "@/i18n";
import { type Marking, plain } from "@/md";

// It comes with the first answer that has sources: few have.
type Citing = typeof import("@/chat/citing");
let citing: Citing | undefined;
const NOTHING: Cited = { sources: [], files: [], texts: new Map() };
const points = (part: AnswerPart): boolean => part.kind === "text" && part.references !== undefined;

/** What the parts of an answer point to, as far as that can be told now; `sign` writes a mark. */
export function citedIn(parts: readonly AnswerPart[], sign?: (number: number) => string): Cited {
  return citing?.cite(parts, sign) ?? NOTHING;
}

/** Whether it can be told; what is needed for that is brought. */
function useCiting(wanted: boolean): boolean {
  const [here, setHere] = useState(citing !== undefined);
  useEffect(() => {
    if (!wanted || here) return;
    void import("@/chat/citing").then((module) => {
      citing = module;
      setHere(true);
    });
  }, [wanted, here]);
  return here;
}

interface WithCitations extends Cited {
  marking: Marking;
  open: (number: number) => void;
  /** Pictures that stand in the answer already, by their files. */
  drawn: ReadonlySet<string>;
  /** The passage that is looked at. */
  window: ReactNode;
}

/** What an answer points to, and how it is shown. */
export function useCited(turn: AnswerTurn): WithCitations {
  const words = useWords().message;
  const conversationId = useContext(ConversationContext);
  const { shown, show, close } = useShownPassage();
  const here = useCiting(turn.parts.some(points));
  const cited = useMemo(() => (here ? citedIn(turn.parts) : NOTHING), [here, turn.parts]);
  const drawn = useMemo(() => drawnIn(turn), [turn]);
  // The text isn't drawn anew for each word of it: what is drawn for a mark changes with the sources alone.
  const names = cited.sources.map(({ reference }) => reference.filename).join("\n");
  const open = (number: number): void => {
    const source = cited.sources[number - 1];
    if (source === undefined) return;
    const { fileId, filename, place } = source.reference;
    show({ fileId, filename: plain(filename), start: place?.start ?? null, end: place?.end ?? null, page: place?.page ?? null, heading: place?.heading ?? [], conversationId, itemId: source.itemId });
  };
  const marking = useMemo<Marking>(
    () => ({
      draw: (number, quiet) => <Mark number={number} name={plain(cited.sources[number - 1]?.reference.filename ?? "")} label={words.source} onOpen={quiet ? null : open} />,
      file: (address) => {
        const found = cited.files.find((file) => file.address !== null && sameAddress(file.address, address));
        return found === undefined ? null : { href: contentOf(found.fileId), name: plain(found.filename) };
      },
    }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- sources that have the same names open the same passages
    [names, cited.files.length, words, conversationId],
  );
  return { ...cited, marking, open, drawn, window: <Passage citation={shown} onClose={close} /> };
}

function drawnIn(turn: AnswerTurn): ReadonlySet<string> {
  return new Set(turn.parts.flatMap((part) => (part.kind === "code" ? (part.outputs ?? []).flatMap((output) => (output.kind === "image" ? [output.fileId] : [])) : [])));
}

/** Markdown writes some characters of an address otherwise. */
function sameAddress(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return decodeURI(one) === decodeURI(other);
  } catch {
    return false;
  }
}

function Mark({ number, name, label, onOpen }: { number: number; name: string; label: (number: number, name: string) => string; onOpen: ((number: number) => void) | null }) {
  if (onOpen === null) return <span className="md-cite">{number}</span>;
  return (
    <button type="button" className="md-cite" aria-label={label(number, name)} title={name} onClick={() => onOpen(number)}>
      {number}
    </button>
  );
}
