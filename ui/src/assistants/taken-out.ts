import { type RefObject, useRef } from "react";

/** Where the focus goes once something was taken out of a list: to what adds another one. */
export function useTakenOut(): { place: RefObject<HTMLDivElement | null>; afterwards: () => void } {
  const place = useRef<HTMLDivElement>(null);
  return { place, afterwards: () => requestAnimationFrame(() => place.current?.querySelector<HTMLElement>("button")?.focus()) };
}
