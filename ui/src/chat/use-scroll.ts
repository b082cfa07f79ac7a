import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** So near the end counts as the end. */
const NEAR = 64;
/** So near the beginning, what came before is fetched. */
const EARLY = 900;

interface Scrolling {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Whether the end is seen. */
  atEnd: boolean;
  toEnd: () => void;
}

/**
 * A thread keeps to its end only while its reader is there. `first`: key of the first turn; when others come before it, what is read
 * stays where it is.
 */
export function useScroll(first: string | undefined, onEarly: () => void): Scrolling {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const held = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const early = useRef(onEarly);
  useEffect(() => {
    early.current = onEarly;
  });

  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    held.current = true;
    box.scrollTop = box.scrollHeight;
    setAtEnd(true);
  }, []);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (box === null || inner === null) return;
    let before = box.scrollTop;
    const look = (): void => {
      const rest = box.scrollHeight - box.scrollTop - box.clientHeight;
      // Only the reader moves up; what grows below moves nothing.
      if (rest <= NEAR) held.current = true;
      else if (box.scrollTop < before - 1) held.current = false;
      before = box.scrollTop;
      setAtEnd(rest <= NEAR || held.current);
      if (box.scrollTop < EARLY) early.current();
    };
    const grown = new ResizeObserver(() => {
      if (held.current) box.scrollTop = box.scrollHeight;
      look();
    });
    grown.observe(inner);
    grown.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      grown.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, []);

  useStillness(scroller, content, first, held);
  return { scroller, content, atEnd, toEnd };
}

/** What came before is put above without moving what is read. */
function useStillness(scroller: RefObject<HTMLDivElement | null>, content: RefObject<HTMLDivElement | null>, first: string | undefined, held: RefObject<boolean>): void {
  const seen = useRef<{ element: Element; top: number } | null>(null);
  const before = useRef(first);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const anchor = seen.current;
    if (first !== before.current && before.current !== undefined && anchor?.element.isConnected === true && !held.current) {
      box.scrollBy(0, anchor.element.getBoundingClientRect().top - anchor.top);
    }
    before.current = first;
  }, [scroller, first, held]);

  // After every drawing and scrolling: the first turn that is seen, and where.
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const note = (): void => {
      if (held.current) return;
      const top = box.getBoundingClientRect().top;
      for (const element of content.current?.querySelectorAll("article") ?? []) {
        const place = element.getBoundingClientRect();
        if (place.bottom < top) continue;
        seen.current = { element, top: place.top };
        return;
      }
    };
    note();
    box.addEventListener("scroll", note, { passive: true });
    return () => box.removeEventListener("scroll", note);
  });
}
