import { beforeEach, describe, expect, it } from "vitest";
import { carriedBy, spendLink, takeLink } from "@/pages/account/link";

describe("what a link carries", () => {
  it("is read from behind # and ?, the fragment first", () => {
    expect(carriedBy("?code=OLD&x=1", "#code=NEW&invite=I")).toEqual({ code: "NEW", invite: "I" });
    expect(carriedBy("", "#token=a%2Bb")).toEqual({ token: "a+b" });
    expect(carriedBy("?code=", "")).toEqual({});
  });
});

describe("the address bar", () => {
  beforeEach(() => spendLink());

  it("loses the code at once", () => {
    window.history.replaceState(null, "", "/set-up?code=K7QD#code=K7QD");
    takeLink();
    expect(window.location.pathname + window.location.search + window.location.hash).toBe("/set-up");
  });

  it("is left alone where links carry nothing", () => {
    window.history.replaceState(null, "", "/search?q=code#token=x");
    takeLink();
    expect(window.location.search + window.location.hash).toBe("?q=code#token=x");
    window.history.replaceState(null, "", "/");
  });
});
