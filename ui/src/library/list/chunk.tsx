import { memo, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Conversation } from "@/api";
import { useIsStop } from "@/library/list/roving";
import { Row } from "@/library/list/row";

const SIZE = 20;
/** The height of a row (h-9): what isn't drawn keeps its place by it. */
const HEIGHT = 36;
const AROUND = "800px 0px";

/** The next thing around that scrolls. */
function scrollerOf(element: Element | null): HTMLElement | null {
  for (let each = element?.parentElement ?? null; each !== null; each = each.parentElement) {
    const flow = getComputedStyle(each).overflowY;
    if (flow === "auto" || flow === "scroll") return each;
  }
  return null;
}

/** Rows by the dozen: thousands of them cost what is near the eye costs. */
export function Rows({ section, label, items }: { section: string; label: string; items: readonly Conversation[] }) {
  const chunks = [];
  for (let at = 0; at < items.length; at += SIZE) chunks.push(items.slice(at, at + SIZE));
  return (
    <div role="list" aria-label={label}>
      {chunks.map((each, index) => (
        <Chunk key={index} section={section} items={each} first={index === 0} />
      ))}
    </div>
  );
}

interface ChunkProps {
  section: string;
  items: readonly Conversation[];
  first: boolean;
}

const Chunk = memo(
  function Chunk({ section, items, first }: ChunkProps) {
    const ref = useRef<HTMLDivElement>(null);
    const near = useNear(ref, first);
    const stop = useIsStop(useCallback((row) => row !== null && items.some((each) => row === `${section} ${each.id}`), [items, section]));
    const drawn = near || stop;
    return (
      <div ref={ref} role="none" {...(!drawn && { style: { height: items.length * HEIGHT } })}>
        {drawn && items.map((each) => <Row key={each.id} row={`${section} ${each.id}`} conversation={each} />)}
      </div>
    );
  },
  (one, other) => one.section === other.section && one.first === other.first && one.items.length === other.items.length && one.items.every((each, at) => each === other.items[at]),
);

function useNear(ref: RefObject<HTMLElement | null>, first: boolean): boolean {
  const [near, setNear] = useState(first);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false), { root: scrollerOf(element), rootMargin: AROUND });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return near;
}

/** Calls `onSeen` when the end of the list comes near. */
export function End({ onSeen }: { onSeen: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const latest = useRef(onSeen);
  useEffect(() => {
    latest.current = onSeen;
  });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => entries.at(-1)?.isIntersecting === true && latest.current(), { root: scrollerOf(element), rootMargin: AROUND });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return <div ref={ref} className="h-px" />;
}
