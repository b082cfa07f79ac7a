// JSON Schemas as people type them: read, and looked at for what models and providers stumble over.

export interface Flaw {
  kind: "broken" | "notObject" | "rootType" | "type" | "properties" | "schema" | "required" | "unknown" | "enum";
  /** Where in the schema: "properties.city"; empty: itself. */
  path: string;
  name?: string;
  line?: number;
  column?: number;
}

export interface ReadSchema {
  value: Record<string, unknown> | null;
  flaw: Flaw | null;
}

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
const DEEPEST = 60;

/** The schema in a text; nothing where the text is empty. `object`: it has to be of an object, as a function's parameters are. */
export function readSchema(written: string, object = true): ReadSchema {
  if (written.trim() === "") return { value: null, flaw: null };
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    return { value: null, flaw: { kind: "broken", path: "", ...placeOf(error) } };
  }
  if (!isJson(value)) return { value: null, flaw: { kind: "notObject", path: "" } };
  if (object && value["type"] !== undefined && value["type"] !== "object") return { value, flaw: { kind: "rootType", path: "" } };
  return { value, flaw: flawOf(value, "", 0) };
}

/** Browsers say where it broke, each in its own words. */
function placeOf(error: unknown): Pick<Flaw, "line" | "column"> {
  const found = /line (\d+),? column (\d+)/.exec(error instanceof Error ? error.message : "");
  return found === null ? {} : { line: Number(found[1]), column: Number(found[2]) };
}

/** The first thing that is wrong with it. */
function flawOf(schema: Json, path: string, depth: number): Flaw | null {
  if (depth > DEEPEST) return null;
  const { type, properties, required, items } = schema;
  const named = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (named.some((each) => typeof each !== "string" || !TYPES.has(each))) return { kind: "type", path };
  if (schema["enum"] !== undefined && !(Array.isArray(schema["enum"]) && schema["enum"].length > 0)) return { kind: "enum", path };
  if (properties !== undefined && !isJson(properties)) return { kind: "properties", path };
  const lacking = requiredFlaw(required, properties, path);
  if (lacking !== null) return lacking;
  const below: [string, unknown][] = Object.entries(properties ?? {}).map(([name, each]) => [`properties.${name}`, each]);
  if (items !== undefined && !Array.isArray(items)) below.push(["items", items]);
  for (const [name, each] of below) {
    const found = flawBelow(each, path === "" ? name : `${path}.${name}`, depth);
    if (found !== null) return found;
  }
  return null;
}

function flawBelow(schema: unknown, path: string, depth: number): Flaw | null {
  if (typeof schema === "boolean") return null;
  return isJson(schema) ? flawOf(schema, path, depth + 1) : { kind: "schema", path };
}

function requiredFlaw(required: unknown, properties: Json | undefined, path: string): Flaw | null {
  if (required === undefined) return null;
  if (!Array.isArray(required) || required.some((each) => typeof each !== "string")) return { kind: "required", path };
  const strange = properties === undefined ? undefined : (required as string[]).find((name) => !Object.hasOwn(properties, name));
  return strange === undefined ? null : { kind: "unknown", path, name: strange };
}

/** The same schema in lines; what can't be read stays as it is. */
export function tidied(written: string): string {
  try {
    return JSON.stringify(JSON.parse(written), null, 2);
  } catch {
    return written;
  }
}

interface FlawWords {
  broken: (line: number | null, column: number | null) => string;
  notObject: string;
  rootType: string;
  type: (path: string) => string;
  properties: (path: string) => string;
  schema: (path: string) => string;
  required: (path: string) => string;
  unknown: (path: string, name: string) => string;
  enum: (path: string) => string;
  root: string;
}

/** The flaw in a sentence. */
export function sayFlaw({ kind, path, name, line, column }: Flaw, words: FlawWords): string {
  if (kind === "broken") return words.broken(line ?? null, column ?? null);
  if (kind === "notObject" || kind === "rootType") return words[kind];
  const place = path === "" ? words.root : path;
  return kind === "unknown" ? words.unknown(place, name ?? "") : words[kind](place);
}
