import { expect, test } from "vitest";
import { forgetAll, remember, remembered } from "@/app/browser";

test("what begins with a name is forgotten, and nothing else", () => {
  remember("prosa.draft.ana.conv_1", "um rascunho");
  remember("prosa.drafts", "[]");
  remember("prosa.theme", "dark");
  forgetAll("prosa.draft");
  expect([remembered("prosa.draft.ana.conv_1"), remembered("prosa.drafts"), remembered("prosa.theme")]).toEqual([null, null, "dark"]);
});
