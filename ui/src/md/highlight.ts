import type { Root } from "hast";
import { useEffect, useRef, useState } from "react";
import { languageOf } from "@/md/languages";

/** Longer code is shown without colours: reading it would hold the page up. */
const LONGEST = 40_000;
/** Of the page's time, reading code that still grows may take so much: 1 of 15. */
const SHARE = 15;
const SOONEST_MS = 150;

type Highlighter = (code: string) => Root;
const ready = new Map<string, Highlighter>();

async function highlighterOf(language: string): Promise<Highlighter | null> {
  const { readerOf } = await import("@/md/highlighting");
  const made = await readerOf(language);
  if (made !== null) ready.set(language, made);
  return made;
}

/** Code and its colours; the colours may be those of its beginning, while it still grows. */
export interface Highlighted {
  code: string;
  tree: Root | null;
}

function highlighted(code: string, highlight: Highlighter): Root | null {
  try {
    return highlight(code);
  } catch {
    return null;
  }
}

/** The colours of a code block. They come when its language has been loaded; for code that grows, now and then. */
export function useHighlight(code: string, info: string, open: boolean): Highlighted | null {
  const language = code.length > LONGEST ? null : languageOf(info);
  const [made, setMade] = useState<Highlighted | null>(() => {
    const known = language === null || open ? undefined : ready.get(language);
    return known === undefined ? null : { code, tree: highlighted(code, known) };
  });
  const cost = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const newest = useRef(code);

  useEffect(() => {
    newest.current = code;
    if (language === null || made?.code === code || (open && timer.current !== undefined)) return;
    const run = async (): Promise<void> => {
      const highlight = ready.get(language) ?? (await highlighterOf(language).catch(() => null));
      if (highlight === null) return;
      const began = performance.now();
      const text = newest.current;
      setMade({ code: text, tree: highlighted(text, highlight) });
      cost.current = performance.now() - began;
    };
    clearTimeout(timer.current);
    const wait = open ? Math.max(SOONEST_MS, cost.current * SHARE) : 0;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void run();
    }, wait);
  }, [code, language, open, made]);

  useEffect(() => () => clearTimeout(timer.current), []);
  return language !== null && made !== null && code.startsWith(made.code) ? made : null;
}
