import { type RefObject, useEffect, useState } from "react";

/** Attributes of something that scrolls sideways. */
export interface Edges {
  /** Which side hides more: "left", "right" or both. */
  "data-more"?: string;
  /** Reached by keyboard, if there is something to scroll. */
  tabIndex?: 0;
  role?: "region";
}

/** Tells on which sides of a scroller more is hidden, so that a shadow can show it. */
export function useEdges(scroller: RefObject<HTMLElement | null>): Edges {
  const [more, setMore] = useState("");
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = (): void => {
      const left = element.scrollLeft > 1;
      const right = element.scrollLeft + element.clientWidth < element.scrollWidth - 1;
      setMore([left && "left", right && "right"].filter(Boolean).join(" "));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller]);
  return more === "" ? {} : { "data-more": more, tabIndex: 0, role: "region" };
}
