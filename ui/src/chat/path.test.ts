import { expect, it } from "vitest";
import { message } from "@/chat/fake-prosa";
import { EMPTY, extended, renewed } from "@/chat/path";

const chain = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => message(`m${from + index}`, "user", "x", { parent_id: from + index === 0 ? null : `m${from + index - 1}` }));
const ids = (path: { items: readonly { id: string }[] }) => path.items.map((item) => item.id);

it("reads the newest page, then the ones before it", () => {
  const newest = renewed(EMPTY, chain(4, 8).reverse(), "c4");
  const older = extended(newest, chain(0, 4).reverse(), null);
  expect(ids(older ?? EMPTY)).toEqual(ids({ items: chain(0, 8) }));
  expect(older?.cursor).toBeNull();
});

it("keeps what was read before when the newest page is read again", () => {
  const whole = extended(renewed(EMPTY, chain(4, 8).reverse(), "c4"), chain(0, 4).reverse(), null) ?? EMPTY;
  const again = renewed(whole, chain(6, 10).reverse(), "c6");
  expect(ids(again)).toEqual(ids({ items: chain(0, 10) }));
  expect(again.cursor).toBeNull();
  expect(again.items[2]).toBe(whole.items[2]);
});

it("is the same object where nothing changed", () => {
  const path = renewed(EMPTY, chain(0, 4).reverse(), null);
  expect(renewed(path, chain(0, 4).reverse(), null).items).toBe(path.items);
});

it("begins anew on another path, and leaves a page of another one alone", () => {
  const path = renewed(EMPTY, chain(4, 8).reverse(), "c4");
  const other = [message("x2", "user", "x", { parent_id: "x1" }), message("x1", "user", "x", { parent_id: "x0" })];
  expect(ids(renewed(path, other, "cx"))).toEqual(["x1", "x2"]);
  expect(extended(path, other, null)).toBeNull();
});

it("sees a version more", () => {
  const path = renewed(EMPTY, chain(0, 2).reverse(), null);
  const now = chain(0, 2).map((item) => (item.id === "m1" ? { ...item, versions: ["m1", "m1b"] } : item));
  expect(renewed(path, now.reverse(), null).items[1]?.versions).toEqual(["m1", "m1b"]);
});
