import { useEffect, useState } from "react";

/** A tab in the background paints nothing; what waits comes then in any case. */
const LONGEST = 400;
let painted = false;

/** False until the first page stands before the person's eyes: what isn't needed for that comes after it. */
export function usePainted(): boolean {
  const [now, tell] = useState(painted);
  useEffect(() => {
    if (painted) return;
    let timer = setTimeout(done, LONGEST);
    const frame = requestAnimationFrame(() => {
      clearTimeout(timer);
      timer = setTimeout(done);
    });
    function done(): void {
      painted = true;
      tell(true);
    }
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, []);
  return now;
}
