import { CornerLeftUp } from "lucide-react";
import type { MouseEvent } from "react";
import { useWords } from "@/i18n";

/** Goes to another place of the same answer, without the page's address changing. */
function go(event: MouseEvent, id: string): void {
  event.preventDefault();
  const aim = document.getElementById(id);
  aim?.scrollIntoView({ block: "center" });
  aim?.focus({ preventScroll: true });
}

/** The number that leads to a footnote. */
export function Reference({ id, number }: { id: string; number: number }) {
  const words = useWords().message;
  const aim = `${id}-note-${number}`;
  return (
    <sup>
      <a id={`${id}-named-${number}`} href={`#${aim}`} className="md-footnote" aria-label={words.footnote(number)} onClick={(event) => go(event, aim)}>
        {number}
      </a>
    </sup>
  );
}

/** From a footnote back to where it was named. */
export function Back({ id, number }: { id: string; number: number }) {
  const words = useWords().message;
  const aim = `${id}-named-${number}`;
  return (
    <a href={`#${aim}`} className="md-footnote" aria-label={words.footnoteBack(number)} onClick={(event) => go(event, aim)}>
      <CornerLeftUp size={13} aria-hidden />
    </a>
  );
}
