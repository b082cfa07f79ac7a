import { describe, expect, it } from "vitest";
import { account as words } from "@/i18n/pt-BR/account";
import { emailTrouble, newPasswordTrouble, troubles } from "@/pages/account/checks";

const BOUNDS = { least: 8, recommended: 15, most: 64 };

describe("an address", () => {
  it.each(["ana@exemplo.br", " ana+x@sub.exemplo.br ", "ana@intranet"])("%j is fine", (text) => {
    expect(emailTrouble(text, words.checks)).toBeUndefined();
  });

  it.each(["", "   ", "ana", "ana@", "@exemplo.br", "ana @exemplo.br", "a@b@c", "Ana <ana@exemplo.br>"])("%j is none", (text) => {
    expect(emailTrouble(text, words.checks)).toBeTypeOf("string");
  });
});

describe("a new password", () => {
  it("is told how long it is and should be, in characters as people count them", () => {
    expect(newPasswordTrouble("áéíóú😀", BOUNDS, words.checks)).toBe(words.checks.passwordShort(8, 6));
    expect(newPasswordTrouble("😀".repeat(8), BOUNDS, words.checks)).toBeUndefined();
  });

  it("may hold whatever is typed, up to the most", () => {
    expect(newPasswordTrouble("   com espaços   ", BOUNDS, words.checks)).toBeUndefined();
    expect(newPasswordTrouble("x".repeat(65), BOUNDS, words.checks)).toBe(words.checks.passwordLong(64));
    expect(newPasswordTrouble("", BOUNDS, words.checks)).toBe(words.checks.passwordMissing);
  });
});

it("names only the fields with trouble", () => {
  expect(troubles({ a: "x", b: undefined })).toEqual({ a: "x" });
});
