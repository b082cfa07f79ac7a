const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The address in its normal form when a link may lead there (http, https, mailto), else null. Relative ones lead nowhere in an answer. */
export function safeAddress(address: string): string | null {
  try {
    const parsed = new URL(address);
    return SCHEMES.has(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** Where a link leads, in a word: the host, or the mail address. */
export function destination(address: string): string {
  const parsed = new URL(address);
  return parsed.protocol === "mailto:" ? decoded(parsed.pathname) : parsed.host;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Does the text of a link already say where it leads? Only if, read as an address itself, it names the same host. */
export function saysWhere(text: string, address: string): boolean {
  const said = text.trim();
  const where = destination(address);
  if (said === where) return true;
  const read = safeAddress(said.includes(":") ? said : `https://${said}`);
  return read !== null && destination(read) === where && !/\s/.test(said);
}
