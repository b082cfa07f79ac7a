import { beforeAll, expect, test } from "vitest";
import { loadLanguage } from "@/i18n";
import { admin } from "@/i18n/pt-BR/admin";
import type { Change, Setting } from "@/pages/admin/settings/data";
import { changedFields, sentence } from "@/pages/admin/settings/changes";
import { rangeIn, registrationOf, registrationText, shownValue, typedValue } from "@/pages/admin/settings/values";

const words = admin.settings;

function setting(changes: Partial<Setting>): Setting {
  const usual = { key: "upkeep.trash_days", section: "upkeep", kind: "number", value: 30, default: 30, origin: "default", setting: "PROSA_TRASH_DAYS", editable: true } as const;
  return { ...usual, choices: [], least: 1, most: 100, unit: "days", ...changes };
}

function change(changes: Partial<Change>): Change {
  const usual = { number: 1, at: "2026-11-22T12:00:00Z", by: null, by_name: "Ana", key_id: "session", action: "changed", kind: "setting", name: "upkeep.trash_days" } as const;
  return { ...usual, before: {}, after: {}, ...changes };
}

beforeAll(() => loadLanguage("pt-BR"));

test("a number is one within its bounds, or 0, which may mean no limit", () => {
  expect(typedValue(setting({}), " 42 ")).toBe(42);
  expect(typedValue(setting({}), "0")).toBe(0);
  for (const text of ["101", "-1", "4.5", "x", ""]) expect(typedValue(setting({}), text)).toBeUndefined();
});

test("an empty field means that nobody chooses, where that can be", () => {
  expect(typedValue(setting({ default: null }), "")).toBeNull();
  expect(typedValue(setting({ kind: "model", default: null }), "")).toBeNull();
  expect(typedValue(setting({ kind: "text" }), " Casa ")).toBe("Casa");
});

test("who may register goes there and back", () => {
  for (const text of ["open", "invite", "closed", "domain:a.example,b.example"]) expect(registrationText(registrationOf(text))).toBe(text);
  expect(registrationText({ mode: "domain", domains: " @A.example; b.example,, " })).toBe("domain:a.example,b.example");
});

test("values are told in people's words", () => {
  expect(shownValue(setting({}), 1500, words)).toBe("1.500 dias");
  expect(shownValue(setting({}), null, words)).toBe("–");
  expect(shownValue(setting({}), true, words)).toBe("ligado");
  expect(shownValue(setting({ kind: "registration", unit: null }), "domain:a.example", words)).toBe("a.example");
});

test("the server's bounds are told in our words", () => {
  expect(rangeIn("Expected 0, or a whole number from 60 to 1000.", words)).toBe("0, ou de 60 a 1.000.");
  expect(rangeIn("Expected a whole number from 1 to 9.", words)).toBe("De 1 a 9.");
  expect(rangeIn("Expected a line of text.", words)).toBeNull();
});

test("a change is a sentence, and of a key it tells only that there is one", () => {
  const set = change({ before: { value: 30 }, after: { value: 60 } });
  expect(sentence(set, words)).toBe("mudou “Dias na lixeira”");
  expect(changedFields(set, words)).toEqual(["de 30 para 60"]);
  const provider = change({ kind: "provider", name: "lab", before: { api_key: null }, after: { api_key: "set" } });
  expect(changedFields(provider, words)).toEqual(["chave de não definida para definida"]);
  const alias = change({ kind: "model", action: "created", name: "rapido", after: { targets: [["groq/a", 3], ["mock", 1]], fallbacks: [], enabled: true, title: null } });
  expect(changedFields(alias, words)).toEqual(["destinos: groq/a × 3, mock"]);
  expect(changedFields(change({ action: "deleted", before: { value: 1 } }), words)).toEqual([]);
});
