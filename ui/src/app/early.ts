// `public/start.js` asks who is signed in while the app is still loading: here its answer is taken, once.
declare global {
  interface Window {
    prosaEarly?: Promise<Response>;
  }
}

/** An answer that is older may be one to somebody else. */
const FRESH = 15_000;

/** How `start.js` found the server to answer, if it asked just now and nobody has taken it yet. */
export function early(): Promise<Response> | null {
  const asked = window.prosaEarly;
  delete window.prosaEarly;
  return asked !== undefined && performance.now() < FRESH ? asked : null;
}
