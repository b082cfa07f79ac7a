/** A path of this app to go on to after a sign-in; null for anything else, and for the pages that lead to signing in. */
export function safeNext(text: string | undefined, origin: string = window.location.origin): string | null {
  if (text === undefined || !text.startsWith("/") || /^\/[/\\]|[\u0000-\u001f\\]/.test(text)) return null;
  let address: URL;
  try {
    address = new URL(text, origin);
  } catch {
    return null;
  }
  if (address.origin !== origin || address.pathname.startsWith("//")) return null;
  if (/^\/(set-up|sign-in|register|invite|reset|confirm-email|api|v1)(\/|$)/.test(address.pathname)) return null;
  return address.pathname + address.search + address.hash;
}
