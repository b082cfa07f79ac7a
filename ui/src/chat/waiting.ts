// Waiting that ends early when it makes sense to look again.

/** How long before the n-th try, in ms: longer each time, and never all at the same moment. */
export function delayOf(attempt: number): number {
  return Math.min(300 * 2 ** attempt, 10_000) * (0.8 + Math.random() * 0.4);
}

/** Waits so many ms, or until the network is back or the page is seen again. Throws AbortError when aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function tidy(): void {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      document.removeEventListener("visibilitychange", seen);
      signal.removeEventListener("abort", aborted);
    }
    function done(): void {
      tidy();
      resolve();
    }
    function seen(): void {
      if (document.visibilityState === "visible") done();
    }
    function aborted(): void {
      tidy();
      reject(new DOMException("Aborted", "AbortError"));
    }
    window.addEventListener("online", done);
    document.addEventListener("visibilitychange", seen);
    signal.addEventListener("abort", aborted);
    if (signal.aborted) aborted();
  });
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";
