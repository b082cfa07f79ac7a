import { expect, test } from "vitest";
import { compared, rowsOf } from "@/assistants/line-diff";
import { readSchema, tidied } from "@/assistants/schema";
import { namesNobody, sharingDraft, sharingWish } from "@/assistants/sharing";

const flaw = (schema: unknown, object = true) => readSchema(JSON.stringify(schema), object).flaw;

test("a schema is read, and what is wrong in it is found where it stands", () => {
  expect(readSchema("")).toEqual({ value: null, flaw: null });
  expect(flaw({ type: "object", properties: { a: { type: ["string", "null"], enum: ["x"] }, b: true }, required: ["a"] })).toBeNull();
  expect(readSchema('{\n  "a": }').flaw).toMatchObject({ kind: "broken" });
  expect(flaw([1])).toMatchObject({ kind: "notObject" });
  expect(flaw({ type: "array" })).toMatchObject({ kind: "rootType" });
  expect(flaw({ type: "array", items: {} }, false)).toBeNull();
  expect(flaw({ properties: { a: { type: "texto" } } })).toEqual({ kind: "type", path: "properties.a" });
  expect(flaw({ properties: { a: { items: { enum: [] } } } })).toEqual({ kind: "enum", path: "properties.a.items" });
  expect(flaw({ properties: [] })).toEqual({ kind: "properties", path: "" });
  expect(flaw({ properties: { a: 3 } })).toEqual({ kind: "schema", path: "properties.a" });
  expect(flaw({ properties: { a: {} }, required: ["b"] })).toEqual({ kind: "unknown", path: "", name: "b" });
  expect(flaw({ required: "a" })).toEqual({ kind: "required", path: "" });
  expect(tidied('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(tidied("{")).toBe("{");
});

test("a schema that is nested without end is no trouble", () => {
  const deep = `${'{"properties":{"a":'.repeat(500)}{}${"}}".repeat(500)}`;
  expect(readSchema(deep).flaw).toBeNull();
});

test("lines are compared, and what is the same between is folded", () => {
  const before = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const after = [...before.slice(0, 6), "G", "h"];
  expect(compared(before.join("\n"), after.join("\n"))).toEqual([
    { kind: "gap", count: 4 },
    { kind: "same", text: "e" },
    { kind: "same", text: "f" },
    { kind: "removed", text: "g" },
    { kind: "added", text: "G" },
    { kind: "same", text: "h" },
  ]);
  expect(compared("a\n".repeat(700), "a")).toBeNull();
});

test("a unified diff is told in rows; lines that look like its heads are lines", () => {
  const unified = ["--- ", "+++ ", "@@ -3,3 +3,3 @@", " c", "-- d", "+++ x", " e"].join("\n");
  expect(rowsOf(unified)).toEqual([
    { kind: "gap", count: null },
    { kind: "same", text: "c" },
    { kind: "removed", text: "- d" },
    { kind: "added", text: "++ x" },
    { kind: "same", text: "e" },
  ]);
  expect(rowsOf("--- \n+++ \n@@ -1,2 +1,2 @@\n-a\n+b")[0]).toEqual({ kind: "removed", text: "a" });
});

test("who is let in: nobody with a private one, who edits beside everyone", () => {
  const draft = sharingDraft({ etag: "", audience: "chosen", people: [{ user: "a@x.br", edits: false }, { user: "b@x.br", edits: true }], roles: [{ role: "analyst", edits: false }] });
  expect(sharingWish(draft)).toEqual({ audience: "chosen", people: draft.people, roles: [{ role: "analyst", edits: false }] });
  expect(sharingWish({ ...draft, audience: "private" })).toEqual({ audience: "private", people: [], roles: [] });
  expect(sharingWish({ ...draft, audience: "everyone" })).toEqual({ audience: "everyone", people: [{ user: "b@x.br", edits: true }], roles: [] });
  expect(namesNobody(draft)).toBe(false);
  expect(namesNobody({ ...draft, people: [], roles: { user: "none", analyst: "none", admin: "none" } })).toBe(true);
});
