import { expect, it } from "vitest";
import { lastCode } from "@/chat/chat-keys";
import type { AnswerTurn } from "@/chat/types";

const answer = (text: string) => ({ role: "answer", parts: [{ kind: "text", id: "1", text, open: false }] }) as unknown as AnswerTurn;

it.each([
  ["one\n\n```js\na = 1\n```\n\n```py\nb = 2\n```\nend", "b = 2"],
  ["~~~\nx\n\ny\n~~~", "x\n\ny"],
  ["````\n```\ninner\n```\n````", "```\ninner\n```"],
  ["```\nnot closed yet\nmore", "not closed yet\nmore"],
])("finds the last code of %j", (text, code) => {
  expect(lastCode([answer(text), answer("no code here")])).toBe(code);
});

it("finds none where there is none", () => {
  expect(lastCode([answer("plain `inline` text")])).toBeNull();
});
