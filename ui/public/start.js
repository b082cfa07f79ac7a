// Runs before the page is first painted, while the app is still on its way: puts the colours on it, has the grey outline of the app
// shown where somebody was signed in, and asks who is. What it keeps is read by src/app/theme.ts and src/app/early.ts.
(() => {
  const root = document.documentElement;
  let kept = () => null;
  try {
    const storage = window.localStorage;
    kept = (name) => storage.getItem(name);
  } catch {
    // storage is switched off: nothing was chosen
  }
  const chosen = kept("prosa.theme");
  const dark = chosen === "dark" || (chosen !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  if (/^\/(set-up|reset|confirm-email|invite)/.test(location.pathname)) return;
  if (kept("prosa.inside") !== null && !/^\/(sign-in|register)/.test(location.pathname)) {
    root.dataset.outline = kept("prosa.sidebar") === "hidden" ? "narrow" : "wide";
  }
  const asked = { cache: "no-store", credentials: "same-origin", headers: { accept: "application/json", "x-prosa-csrf": "1" } };
  window.prosaEarly = fetch("/api/v1/me", asked);
  window.prosaEarly.catch(() => undefined);
})();
