import { describe, expect, it } from "vitest";
import { safeNext } from "@/pages/account/next";

const HERE = "https://prosa.example";

describe("where a sign-in leads on to", () => {
  it.each(["/chat", "/chat/conv_1?x=1#y", "/", "/admin/people?person=user_1", "/profile/keys"])("keeps %s", (path) => {
    expect(safeNext(path, HERE)).toBe(path);
  });

  it.each([
    undefined,
    "",
    "chat",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/sign-in?next=/chat",
    "/reset",
    "/register",
    "/api/v1/me/data/1",
    "/./sign-in",
  ])("refuses %j", (path) => {
    expect(safeNext(path, HERE)).toBeNull();
  });

  it("refuses dots that lead to a second slash", () => {
    expect(safeNext("/x/..//evil.example", HERE)).toBeNull();
  });
});
