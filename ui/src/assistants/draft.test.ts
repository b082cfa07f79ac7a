import { beforeAll, expect, test } from "vitest";
import { asNew, asPatch, changedFields, contentOf, draftOf, emptyDraft, numberOf, toolsOf, wholeOf } from "@/assistants/draft";
import { assistant } from "@/assistants/testing";
import { wishOf } from "@/assistants/wish";
import { loadLanguage } from "@/i18n";

const FUNCTION = { type: "function", function: { name: "find", description: "Finds.", parameters: { type: "object", properties: {} }, strict: true } };

const FULL = assistant({
  description: "Lê.",
  tools: [{ type: "code_interpreter" }, FUNCTION, { type: "file_search", file_search: { max_num_results: 7 } }, { type: "mcp", server_label: "crm", x: 1 }, { type: "novelty", y: 2 }],
  vector_store_ids: ["vs_1"],
  file_ids: ["file-1"],
  temperature: 0.5,
  top_p: 0.9,
  reasoning_effort: "low",
  response_format: { type: "json_schema", json_schema: { name: "r", description: "d", schema: { type: "object" }, strict: true } },
  starters: ["Quando vence?"],
  limits: { max_prompt_tokens: 4000, max_completion_tokens: 300 },
});

beforeAll(() => loadLanguage("pt-BR"));

test("what is read and not changed sends nothing, whatever the order of its tools", () => {
  for (const each of [assistant(), FULL]) expect(asPatch(draftOf(each), draftOf(each))).toEqual({});
});

test("only what differs is sent, and an empty field is null", () => {
  const before = draftOf(FULL);
  const now = { ...before, description: " ", temperature: "0,7", starters: [], search: false };
  expect(asPatch(now, before)).toEqual({ description: null, temperature: 0.7, starters: [], tools: [{ type: "code_interpreter" }, FUNCTION, FULL.tools[3], FULL.tools[4]] });
  expect(changedFields(now, before)).toEqual(["description", "tools", "temperature", "starters"]);
});

test("tools keep what the form shows no field for", () => {
  expect(toolsOf(draftOf(FULL))).toEqual([FULL.tools[2], FULL.tools[0], FUNCTION, FULL.tools[3], FULL.tools[4]]);
});

test("numbers are shown and read as people write them", () => {
  expect(draftOf(FULL)).toMatchObject({ temperature: "0,5", topP: "0,9", promptTokens: "4000" });
  expect(["", "0,5", "0.5", ".5", "2", "x", "1,2,3"].map(numberOf)).toEqual([null, 0.5, 0.5, 0.5, 2, Number.NaN, Number.NaN]);
  expect(["", "4000", "4.000", "4,000", "1 000 000", "4.5", "-3"].map(wholeOf)).toEqual([null, 4000, 4000, 4000, 1_000_000, Number.NaN, Number.NaN]);
});

test("a new one says what was written and nothing else", () => {
  expect(asNew({ ...emptyDraft(), name: " Novo ", instructions: "Oi" })).toEqual({ name: "Novo", instructions: "Oi" });
});

test("a trial asks for everything in the request itself", () => {
  const wish = wishOf(draftOf(FULL));
  expect(wish).toMatchObject({
    assistant: null,
    model: "mock",
    instructions: "Cite.",
    temperature: 0.5,
    max_output_tokens: 300,
    reasoning: { effort: "low" },
    text: { format: { type: "json_schema", name: "r", description: "d", schema: { type: "object" }, strict: true } },
  });
  expect(wish["tools"]).toEqual([
    { type: "file_search", max_num_results: 7, vector_store_ids: ["vs_1"] },
    { type: "code_interpreter", container: { type: "auto", file_ids: ["file-1"] } },
    { type: "function", ...FUNCTION.function },
    FULL.tools[3],
    FULL.tools[4],
  ]);
  // Another's assistant is asked itself, for its owner's documents, with what differs on the screen.
  const lent = { ...FULL, right: "edit" as const };
  expect(wishOf({ ...draftOf(lent), instructions: "Cale." }, lent)).toMatchObject({ assistant: "asst_1", draft: { instructions: "Cale." }, tools: [{ name: "find" }] });
  expect(wishOf(emptyDraft())).toMatchObject({ model: null, instructions: null, tools: null, include: null, text: null });
  expect(contentOf(draftOf(FULL)).reasoning_effort).toBe("low");
});
