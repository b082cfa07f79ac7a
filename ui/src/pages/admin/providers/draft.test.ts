import { expect, test } from "vitest";
import { asNew, asPatch, asTrial, draftOf, freeName, newDraft } from "@/pages/admin/providers/draft";
import type { Provider, ProviderKind } from "@/pages/admin/providers/data";

const KIND: ProviderKind = {
  name: "mistral",
  title: "Mistral",
  base_url: "https://api.mistral.ai/v1",
  documentation: "",
  needs_key: true,
  key_setting: "MISTRAL_API_KEY",
  default_model: "mistral-small-latest",
  default_embedding_model: null,
  local: false,
};
const STORED: Provider = {
  name: "mistral",
  kind: "mistral",
  title: "Mistral",
  base_url: "https://api.mistral.ai/v1",
  origin: "database",
  setting: null,
  state: "ready",
  enabled: true,
  position: 0,
  key_set: true,
  key_setting: null,
  key_hint: "…3f9a",
  key_changed_at: null,
  models: ["a"],
  known_models: 1,
  default_model: "a",
  default_embedding_model: null,
  context_length: null,
  open_circuits: [],
};

test("a second provider of a vendor gets a name of its own", () => {
  expect(freeName("mistral", [])).toBe("mistral");
  expect(newDraft(KIND, ["mistral", "mistral-2"]).name).toBe("mistral-3");
});

test("what is left empty is the vendor's own", () => {
  const draft = { ...newDraft(KIND, []), api_key: " sk-1 ", models: "a\n b ,a\n\n" };
  expect(asNew(draft)).toEqual({ name: "mistral", kind: "mistral", api_key: "sk-1", base_url: null, models: ["a", "b"], default_model: null, default_embedding_model: null, context_length: null });
});

test("no key is ever in a draft, and one that wasn't typed stays", () => {
  const before = draftOf(STORED, KIND);
  expect(before.api_key).toBe("");
  expect(before.base_url).toBe("");
  expect(asPatch(before, before)).toEqual({});
  expect(asPatch({ ...before, api_key: "sk-2", default_model: "" }, before)).toEqual({ api_key: "sk-2", default_model: null });
  expect(asPatch({ ...before, removeKey: true }, before)).toEqual({ api_key: null });
});

test("a trial uses the stored key only where none was typed", () => {
  const draft = draftOf(STORED, KIND);
  expect(asTrial(draft, true)).toMatchObject({ name: "mistral", api_key: null, model: "a" });
  expect(asTrial({ ...draft, api_key: "sk" }, true)).not.toHaveProperty("name");
  expect(asTrial(draft, false)).not.toHaveProperty("name");
});
