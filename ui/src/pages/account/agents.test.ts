import { expect, it } from "vitest";
import { deviceOf } from "@/pages/account/agents";
import { zoneName, zones } from "@/pages/account/zones";

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux", false],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows", false],
  ["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36", "Chrome · Android", true],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari · iPhone", true],
  ["curl/8.5.0", "curl/8.5.0", false],
  ["", "", false],
])("%s is %s", (agent, name, mobile) => {
  expect(deviceOf(agent)).toEqual({ name, mobile });
});

it("shows a zone with its distance from UTC, and one that the browser doesn't know as it is", () => {
  expect(zoneName("America/Sao_Paulo", new Date("2026-11-22T00:00:00Z"))).toBe("America/Sao Paulo (UTC−3)");
  expect(zoneName("Mars/Olympus_Mons")).toBe("Mars/Olympus Mons");
  expect(zones("Mars/Olympus_Mons")).toContain("Mars/Olympus_Mons");
});
