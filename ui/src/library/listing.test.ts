import { describe, expect, it } from "vitest";
import type { Conversation } from "@/api";
import { conversation } from "@/library/testing";
import { continued, type Listing, matches, placed, refreshed } from "@/library/listing";

const list = (items: Conversation[], next: string | null = null): Listing => ({ items, next });
const ids = ({ items }: Listing): string => items.map((each) => each.id).join(" ");
const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((id, at) => conversation({ id, updated_at: `2026-11-${20 - at}T10:00:00Z` })) as [Conversation, Conversation, Conversation, Conversation, Conversation];

describe("a listing", () => {
  it("holds what its filter asks for", () => {
    const one = conversation({ tags: ["Matemática"], folder_id: "folder_1", pinned_at: "2026-11-20T10:00:00Z" });
    expect(matches({ tag: "matematica", pinned: true, folder: "folder_1" }, one)).toBe(true);
    expect(matches({ folder: "none" }, one)).toBe(false);
    expect(matches({ archived: true }, one)).toBe(false);
    expect(matches({ pinned: false }, one)).toBe(false);
  });

  it("keeps the place of what was only put in order", () => {
    const renamed = { ...b, title: "Outro" };
    expect(placed(list([a, b, c]), {}, renamed).items[1]).toBe(renamed);
  });

  it("moves up what was said something in, and takes back what was restored", () => {
    expect(ids(placed(list([a, b, c]), {}, { ...c, updated_at: "2026-11-22T10:00:00Z" }))).toBe("c a b");
    expect(ids(placed(list([a, c]), {}, b))).toBe("a b c");
  });

  it("lets go of what its filter excludes from now on", () => {
    expect(ids(placed(list([a, b]), {}, { ...a, archived_at: "2026-11-22T10:00:00Z" }))).toBe("b");
  });

  it("doesn't show behind its end what lies beyond what is loaded", () => {
    expect(ids(placed(list([a, b], "more"), {}, e))).toBe("a b");
    expect(ids(placed(list([a, b]), {}, e))).toBe("a b e");
  });
});

describe("a listing whose first page is read anew", () => {
  it("keeps what was scrolled to", () => {
    const now = refreshed(list([a, b, c, d, e], "end"), list([a, b], "second"));
    expect([ids(now), now.next]).toEqual(["a b c d e", "end"]);
  });

  it("drops what went, and doesn't show twice what moved up", () => {
    const up = { ...d, updated_at: "2026-11-22T10:00:00Z" };
    expect(ids(refreshed(list([a, b, c, d, e], "end"), list([up, a, c], "x")))).toBe("d a c e");
  });

  it("begins again where more came than fits in a page", () => {
    const fresh = ["x", "y"].map((id) => conversation({ id, updated_at: "2026-11-22T10:00:00Z" }));
    const now = refreshed(list([a, b, c], "end"), list(fresh, "second"));
    expect([ids(now), now.next]).toEqual(["x y", "second"]);
  });

  it("is just the page where that is all", () => {
    expect(ids(refreshed(list([a, b, c]), list([b])))).toBe("b");
  });

  it("goes on behind its end without repeating anything", () => {
    expect(ids(continued(list([a, b], "x"), list([b, c])))).toBe("a b c");
  });
});
