import { beforeAll, expect, test } from "vitest";
import { loadLanguage } from "@/i18n";
import { admin } from "@/i18n/en/admin";
import type { Model } from "@/pages/admin/models/data";
import { asAlias, asPatch, draftOf, emptyDraft, newLine } from "@/pages/admin/models/draft";
import { matches, priceOf, shareOf } from "@/pages/admin/models/shown";

const MODEL: Model = {
  id: "lab/qwen3",
  title: "qwen3",
  kind: "chat",
  provider: "lab",
  context_length: null,
  default: false,
  enabled: true,
  origin: "default",
  targets: [],
  fallbacks: ["mock"],
  price: null,
  own_price: null,
  price_origin: "default",
};

beforeAll(() => loadLanguage("en"));

test("an alias is made of what was filled in, weights with a comma too", () => {
  const draft = { ...emptyDraft(), name: " fast ", targets: [newLine("mock", 3), { ...newLine("lab/a"), weight: "0,5" }, newLine()], fallbacks: [newLine("b"), newLine(" ")] };
  expect(asAlias(draft)).toEqual({ name: "fast", title: null, targets: [{ model: "mock", weight: 3 }, { model: "lab/a", weight: 0.5 }], fallbacks: ["b"] });
});

test("a price is sent in dollars, taken back by emptying it, and what can't be read is refused by the server", () => {
  const before = draftOf(MODEL);
  const price = { input: "2,5", output: " 10 ", cached: "" };
  expect(asPatch({ ...before, price }, before)).toEqual({ price: { input: 2.5, output: 10, cached: null } });
  const priced = draftOf({ ...MODEL, own_price: { input: 2.5, output: 10, cached: null } });
  expect(asPatch({ ...priced, price: { input: "", output: " ", cached: "" } }, priced)).toEqual({ price: null });
  expect(asPatch(priced, priced)).toEqual({});
  expect(JSON.stringify(asPatch({ ...before, price: { input: "abc", output: "", cached: "" } }, before))).toBe('{"price":{"input":null,"output":null,"cached":null}}');
});

test("only what differs is sent", () => {
  const before = draftOf(MODEL);
  expect(before.title).toBe("");
  expect(asPatch(before, before)).toEqual({});
  expect(asPatch({ ...before, title: "Q", fallbacks: [] }, before)).toEqual({ title: "Q", fallbacks: [] });
  expect(asPatch({ ...before, title: " " }, { ...before, title: "Q" })).toEqual({ title: null });
});

test("shares are of the whole weight, and a lone target has none", () => {
  const targets = [
    { model: "a", weight: 3 },
    { model: "b", weight: 1 },
  ];
  expect(targets.map((target) => shareOf(target, targets))).toEqual(["75%", "25%"]);
  expect(shareOf({ model: "a", weight: 3 }, [{ model: "a", weight: 3 }])).toBeNull();
});

test("a price nobody knows is said to be unknown, and none is free", () => {
  const words = admin.models.catalogue;
  expect(priceOf(null, words)).toBe("unknown");
  expect(priceOf({ input: 0, output: 0, cached: null }, words)).toBe("free");
  expect(priceOf({ input: 2.5, output: 10, cached: null }, words)).toBe("$2.50 in · $10.00 out");
});

test("every word of a search stands in the model's names", () => {
  expect(matches(MODEL, "QWEN lab")).toBe(true);
  expect(matches(MODEL, "")).toBe(true);
  expect(matches(MODEL, "qwen openai")).toBe(false);
});
