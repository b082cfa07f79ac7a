import { Markdown } from "@/md";
import type { NoteTurn } from "@/chat/types";
import { Fold } from "@/chat/message/fold";
import { useWords } from "@/i18n";

/** Something that neither of the two said: a summary, a note of an import. */
export function Note({ turn }: { turn: NoteTurn }) {
  const words = useWords().message;
  return (
    <article className="turn turn-settled">
      <Fold label={turn.kind === "summary" ? words.summary : words.note}>
        <Markdown text={turn.text} />
      </Fold>
    </article>
  );
}
