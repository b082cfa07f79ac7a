import { BookOpen, X } from "lucide-react";
import type { ReactNode } from "react";
import { AssistantPicture } from "@/assistants/picture";
import type { Wish } from "@/chat/types";
import { useWords } from "@/i18n";

/** Who is to answer the message that is being written, and what is to be searched for it. */
export function ComposerWishes({ wish, setWish }: { wish: Wish; setWish: (how: (now: Wish) => Wish) => void }) {
  const words = useWords().chat.composer;
  const { assistant, stores } = wish;
  if (assistant === null && stores.length === 0) return null;
  return (
    <ul aria-label={words.wishes} className="flex flex-wrap gap-2 px-3 pt-3">
      {assistant !== null && (
        <Chip icon={<AssistantPicture name={assistant.name} src={assistant.picture ?? null} size={20} />} text={words.answeredBy(assistant.name)} away={words.removeFile(assistant.name)} onAway={() => setWish((now) => ({ ...now, assistant: null }))} />
      )}
      {stores.map((store) => (
        <Chip
          key={store.id}
          icon={<BookOpen size={16} aria-hidden className="shrink-0 text-accent" />}
          text={words.searches(store.name)}
          away={words.removeFile(store.name)}
          onAway={() => setWish((now) => ({ ...now, stores: now.stores.filter(({ id }) => id !== store.id) }))}
        />
      ))}
    </ul>
  );
}

function Chip({ icon, text, away, onAway }: { icon: ReactNode; text: string; away: string; onAway: () => void }) {
  return (
    <li className="flex max-w-full min-w-0 items-center gap-2 rounded-xl border border-line bg-ground py-1 pr-1 pl-2 text-sm">
      {icon}
      <span className="min-w-0 truncate">{text}</span>
      <button type="button" aria-label={away} title={away} onClick={onAway} className="grid size-7 shrink-0 place-items-center rounded-lg hover:bg-hover">
        <X size={15} aria-hidden />
      </button>
    </li>
  );
}
