/** JSON in lines, anything else as it is. */
export function laidOut(text: string): { text: string; info: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { text: JSON.stringify(value, null, 2), info: "json" } : { text, info: "" };
  } catch {
    return { text, info: "" };
  }
}

/** The same, but only where the lines say all that the text says: not of two members by one name, or numbers that change when they are read. */
export function laidOutExactly(text: string): { text: string; info: string } {
  const made = laidOut(text);
  return made.info === "json" && compact(made.text) !== compact(text) ? { text, info: "json" } : made;
}

function compact(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string: string | undefined) => (string === undefined ? "" : JSON.stringify(JSON.parse(string))));
}
