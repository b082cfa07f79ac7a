import { beforeAll, expect, test } from "vitest";
import { loadLanguage } from "@/i18n";
import { words } from "@/i18n/knowledge";
import { valueOf } from "@/knowledge/attributes-dialog";
import { isPassing, reasonOf } from "@/knowledge/faults";
import { matching, nameOf } from "@/knowledge/names";
import { placeOf, viewOf } from "@/knowledge/places";
import { snippet } from "@/knowledge/snippet";
import { folded } from "@/knowledge/stages";
import { sizesOf, type Store, USUAL } from "@/knowledge/stores";
import { grouped, type TextPart, turnsPage } from "@/knowledge/text";

beforeAll(() => loadLanguage("pt-BR"));

const store = (name: string, description: string | null = null): Store =>
  ({ id: name, name, prosa: { description, embedding_model: null } }) as Store;

test("bases are found by their words, whatever their accents", () => {
  const stores = [store("Políticas internas"), store("Contratos", "prazos e multas"), store("")];
  const found = (term: string) => matching(stores, term, "Base sem nome").map((each) => nameOf(each, "Base sem nome"));
  expect(found("politicas")).toEqual(["Políticas internas"]);
  expect(found("MULTAS contratos")).toEqual(["Contratos"]);
  expect(found("sem nome")).toEqual(["Base sem nome"]);
  expect(found("")).toHaveLength(3);
});

test("why a file couldn't be read is said in the person's language", () => {
  const said = words();
  const { faults } = said.knowledge;
  const invalid = (why: string) => ({ code: "invalid_file", message: `The file can't be read: ${why}.` });
  expect(reasonOf(invalid("the PDF is scanned: it holds no text"), said)).toBe(faults.scanned);
  expect(reasonOf(invalid("it holds no text"), said)).toBe(faults.empty);
  expect(reasonOf(invalid("it is protected by a password"), said)).toBe(faults.locked);
  expect(reasonOf(invalid("it unpacks to more than one file may"), said)).toBe(faults.large);
  expect(reasonOf(invalid("it is damaged, or no document of the kind that its name says"), said)).toBe(faults.damaged);
  expect(reasonOf({ code: "unsupported_file", message: "Files of this kind (image/png) can't be read." }, said)).toBe(faults.kind);
  expect(reasonOf({ code: "new_one", message: "Something else." }, said)).toBe("Something else.");
  expect(isPassing({ code: "server_error", message: "The file couldn't be read just now; try again." })).toBe(true);
  expect(isPassing(invalid("it is protected by a password"))).toBe(false);
});

test("how a base cuts its files is kept with it, and believed only where it can be true", () => {
  const sizes = (length: string, overlap: string) => sizesOf({ metadata: { chunk_tokens: length, chunk_overlap_tokens: overlap } });
  expect(sizes("200", "50")).toEqual({ max_chunk_size_tokens: 200, chunk_overlap_tokens: 50 });
  for (const [length, overlap] of [["99", "0"], ["200", "101"], ["x", "1"], ["1e99", "0"]] as const) expect(sizes(length, overlap)).toBe(USUAL);
  expect(sizesOf({ metadata: null })).toBe(USUAL);
});

test("stages follow the events of a batch", () => {
  const events = [
    { type: "ingestion.started" },
    { type: "ingestion.progress", file_id: "a", stage: "extracting" as const, done: 0, of: null },
    { type: "ingestion.progress", file_id: "b", stage: "embedding" as const, done: 3, of: 9 },
  ];
  const before = folded(new Map(), events);
  expect(before.get("b")).toEqual({ stage: "embedding", done: 3, of: 9 });
  expect([...folded(before, [{ type: "ingestion.file", file_id: "b" }]).keys()]).toEqual(["a"]);
});

test("attributes are numbers and truths where they are written so", () => {
  expect(["2026", "-1.5", "true", "007", "1e5", "", " 2026", "9".repeat(20)].map(valueOf)).toEqual([2026, -1.5, true, "007", "1e5", "", " 2026", "9".repeat(20)]);
});

test("a hit shows words, not signs", () => {
  expect(snippet("## Multa\n\n| Item | Preço |\n| --- | --- |\n| peça | 7 |\n```py\nx_1 = **2**\n```")).toBe("Multa\nItem · Preço\npeça · 7\nx_1 = 2");
  expect(snippet("a\u202Eb")).toBe("ab");
});

test("only the cited parts are drawn as one", () => {
  const part = (start: number, cited: boolean, page: number | null = null): TextPart => ({ start, end: start + 1, text: "x", page, heading: [], cited });
  const parts = [part(0, false), part(1, false, 1), part(2, true, 1), part(3, true, 2), part(4, false, 2)];
  expect(grouped(parts).map((group) => group.parts.map((each) => each.start))).toEqual([[0], [1], [2, 3], [4]]);
  expect(parts.map((each, index) => turnsPage(parts[index - 1], each))).toEqual([false, true, false, true, false]);
});

test("addresses say a place only where it can be one", () => {
  expect(placeOf({ start: 3, end: 9, page: 1 })).toEqual({ start: 3, end: 9, page: 1 });
  expect(placeOf({ start: -1, end: "9", page: 1.5 })).toEqual({});
  expect([viewOf({ view: "ask" }), viewOf({ view: "<x>" })]).toEqual([{ view: "ask" }, {}]);
});
