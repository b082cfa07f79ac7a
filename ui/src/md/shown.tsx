import { useWords } from "@/i18n";
import { pieces } from "@/md/visible";

/** A text in which what can't be seen is shown by its name. */
export function Shown({ text, kind = "prose" }: { text: string; kind?: "prose" | "code" }) {
  return pieces(text, kind).map((piece, index) => (typeof piece === "string" ? piece : <HiddenMark key={index} name={piece.hidden} />));
}

export function HiddenMark({ name }: { name: string }) {
  const words = useWords().message;
  return (
    <span className="md-hidden" title={words.hidden}>
      {name}
    </span>
  );
}
