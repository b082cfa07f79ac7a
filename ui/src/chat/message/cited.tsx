import { type ReactNode, useContext, useMemo } from "react";
import { type Cited, cite } from "@/chat/citing";
import { Passage, useShownPassage } from "@/chat/message/passage";
import { contentOf } from "@/chat/message/steps/content";
import { ConversationContext } from "@/chat/message/where";
import type { AnswerTurn } from "@/chat/types";
import { useWords } from "@/i18n";
import { type Marking, plain } from "@/md";

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
  const cited = useMemo(() => cite(turn.parts), [turn.parts]);
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
