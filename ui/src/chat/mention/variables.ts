/** As the server finds them: a name between double braces, a letter first. */
const VARIABLE = /\{\{[ \t]*(\p{L}[\p{L}\p{N}_ .-]{0,63}?)[ \t]*\}\}/gu;

/** The names of a prompt's variables, each once, in the order of the text. */
export function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map((found) => found[1] ?? ""))];
}

/** The text with values in the places of its variables; what nothing is said of stays as it is. */
export function filled(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(VARIABLE, (written, name: string) => values.get(name) ?? written);
}
