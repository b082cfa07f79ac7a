import { expect, test } from "vitest";
import { ApiError, explain } from "@/api/errors";
import { loadLanguage, words } from "@/i18n";
import { loadRefusals } from "@/i18n/refusals";

test("a rare refusal is told in the person's language, and in the server's words where nobody wrote others", async () => {
  const taken = new ApiError(409, { code: "folder_name_taken", detail: "There is a folder of this name already." });
  await loadRefusals(); // before any words: nothing comes of it, and nothing breaks
  await loadLanguage("pt-BR");
  expect(explain(taken, words())).toBe("There is a folder of this name already.");
  await loadRefusals();
  expect(explain(taken, words())).toBe("Já existe uma pasta com esse nome. Escolha outro.");
  expect(explain(new ApiError(400, { code: "constructor", detail: "As it is." }), words())).toBe("As it is.");
  await loadLanguage("en");
  await loadRefusals();
  expect(explain(taken, words())).toBe("There is a folder of this name already.");
});
