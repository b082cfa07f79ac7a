import { describe, expect, it } from "vitest";
import { curlOf, expiryOf, listOf, pythonOf } from "@/pages/account/key-wish";
import { freeName } from "@/pages/account/free-name";

const NOW = Date.parse("2026-11-22T12:00:00Z");

describe("when a key ends", () => {
  it("is never, in days, or at the end of a day", () => {
    expect(expiryOf("", "", NOW)).toBeNull();
    expect(expiryOf("30", "", NOW)).toBe("2026-12-22T12:00:00.000Z");
    expect(expiryOf("day", "2026-12-01", NOW)).toBe(new Date(2026, 11, 1, 23, 59, 59).toISOString());
  });

  it.each(["", "2020-01-01", "nonsense"])("is no day such as %j", (day) => {
    expect(expiryOf("day", day, NOW)).toBeNull();
  });
});

it("takes names apart however they were typed", () => {
  expect(listOf(" mock, gpt-4o;\nmock ")).toEqual(["mock", "gpt-4o"]);
  expect(listOf("  ")).toBeNull();
});

describe("the examples", () => {
  it("name the server, the key and the model", () => {
    const curl = curlOf("http://localhost:3000", "prosa_sk_x", "openai/gpt-4o");
    expect(curl).toContain("http://localhost:3000/v1/chat/completions");
    expect(curl).toContain('"Authorization: Bearer prosa_sk_x"');
    expect(JSON.parse(curl.split("-d '")[1]?.slice(0, -1) ?? "")).toMatchObject({ model: "openai/gpt-4o" });
    expect(pythonOf("http://localhost:3000", "k", "m")).toContain('base_url="http://localhost:3000/v1"');
  });

  it("let a quote in a model's name end no string of the shell", () => {
    expect(curlOf("http://x", "k", "it's")).toContain("it'\\''s");
  });

  it("leave the model out where nobody knows it", () => {
    expect(curlOf("http://x", "k", null)).not.toContain("model");
  });
});

it("finds a free name for a provider", () => {
  expect(freeName("openai", [])).toBe("openai");
  expect(freeName("openai", ["openai", "openai-2"])).toBe("openai-3");
});
