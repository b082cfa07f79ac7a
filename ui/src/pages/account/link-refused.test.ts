import { expect, test } from "vitest";
import { linkRefused } from "@/pages/account/link-refused";

test("a reason of the server's is taken over, and no other text of the address", () => {
  expect(linkRefused({ error: "link_invalid" })).toEqual({ error: "link_invalid" });
  expect(linkRefused({ error: "too_many_sign_ins", next: "/" })).toEqual({ error: "too_many_sign_ins" });
  for (const error of [undefined, "", "toString", "__proto__", "<b>", ["link_invalid"], 7]) expect(linkRefused({ error })).toEqual({});
});
