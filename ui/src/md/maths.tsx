import { memo, useEffect, useRef } from "react";
import type { KatexOptions } from "katex";

type Katex = typeof import("katex").default;
let katex: Promise<Katex> | undefined;

async function load(): Promise<Katex> {
  const [library] = await Promise.all([import("katex"), import("katex/dist/katex.min.css")]);
  return library.default;
}

/** No links, pictures or classes from a formula; no endless macros; nothing larger than the page. */
const BOUNDS: KatexOptions = { throwOnError: true, trust: false, strict: false, maxExpand: 300, maxSize: 20, output: "htmlAndMathml" };
const LONGEST = 5_000;

/** A formula; its source, until KaTeX is there, or where it can't be read. */
export const Maths = memo(function Maths({ tex, display = false }: { tex: string; display?: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let gone = false;
    katex ??= load();
    katex.then((library) => !gone && draw(library, place.current, tex, display), () => undefined);
    return () => {
      gone = true;
    };
  }, [tex, display]);
  return (
    <span className={display ? "md-maths md-maths-display" : "md-maths"} tabIndex={display ? 0 : undefined} role={display ? "math" : undefined} aria-label={display ? tex : undefined}>
      <span ref={place} key={tex}>
        {tex}
      </span>
    </span>
  );
});

/** Draws apart and puts in place only what could be read. */
function draw(library: Katex, place: HTMLElement | null, tex: string, displayMode: boolean): void {
  if (place === null || tex.length > LONGEST) return;
  const apart = document.createElement("span");
  try {
    library.render(tex, apart, { ...BOUNDS, displayMode });
  } catch {
    return;
  }
  place.replaceChildren(...apart.childNodes);
}
