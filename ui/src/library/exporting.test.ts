import { describe, expect, it } from "vitest";
import { filenameOf } from "@/library/exporting";
import { reportOf } from "@/library/importing";

describe("the name of a file", () => {
  it("is the one for all characters, else the plain one", () => {
    expect(filenameOf("attachment; filename=\"foto.md\"; filename*=UTF-8''Fotoss%C3%ADntese.md")).toBe("Fotossíntese.md");
    expect(filenameOf('attachment; filename="a b.pdf"')).toBe("a b.pdf");
    expect(filenameOf("attachment; filename=a.pdf")).toBe("a.pdf");
    expect(filenameOf("attachment; filename*=UTF-8''%FF")).toBeNull();
    expect(filenameOf(null)).toBeNull();
  });
});

describe("the report of an import", () => {
  it("is read from whatever a run's result holds", () => {
    expect(reportOf({ conversations: 3, left_out: { "damaged characters": 1 }, problems: "?" })).toMatchObject({ conversations: 3, written: 0, problems: [], left_out: { "damaged characters": 1 } });
    expect(reportOf(null)).toBeNull();
  });
});
