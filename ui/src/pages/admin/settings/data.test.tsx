import { QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { api } from "@/api";
import { queryClient } from "@/app/query";
import { loadLanguage } from "@/i18n";
import { type Setting, useSettings } from "@/pages/admin/settings/data";

const shared = { section: "x", setting: "PROSA_X", origin: "default", editable: true, choices: [], least: null, most: null, unit: null } as const;
let values: Record<string, boolean>;
let version: number;
let refuse: boolean;
let asked: string[];

function answer() {
  const data = Object.entries(values).map(([key, value]) => ({ ...shared, key, kind: "switch", value, default: false }));
  return { data: { data }, response: new Response(null, { headers: { etag: `"${version}"` } }) };
}

const refused = (status: number, code: string) => ({ error: { code }, response: new Response(null, { status }) });

/** A server that takes a change only from whoever knows the state before it. */
async function server(_path: string, asking: { params: { header: { "If-Match": string } }; body: { values: Record<string, boolean> } }) {
  const tag = asking.params.header["If-Match"];
  asked.push(tag);
  await Promise.resolve();
  if (refuse) return refused(503, "database_unavailable");
  if (tag !== `"${version}"`) return refused(412, "edit_conflict");
  version += 1;
  values = { ...values, ...asking.body.values };
  return answer();
}

const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>;

async function page() {
  const { result } = renderHook(() => useSettings("settings"), { wrapper });
  await waitFor(() => expect(result.current.settings).toBeDefined());
  const setting = (key: string): Setting => {
    const found = result.current.settings?.find((each) => each.key === key);
    if (found === undefined) throw new Error(`no ${key}`);
    return found;
  };
  const shown = () => result.current.settings?.map((each) => each.value);
  return { result, setting, shown };
}

beforeAll(() => loadLanguage("pt-BR"));
beforeEach(() => {
  [values, version, refuse, asked] = [{ a: false, b: false }, 1, false, []];
  vi.spyOn(api, "GET").mockImplementation((async () => answer()) as typeof api.GET);
  vi.spyOn(api, "PATCH").mockImplementation(server as unknown as typeof api.PATCH);
  queryClient.clear();
});
afterEach(cleanup);

test("two quick changes go one after the other, and neither takes the other for a stranger's", async () => {
  const { result, setting, shown } = await page();
  await act(async () => {
    await Promise.all([result.current.save(setting("a"), true), result.current.save(setting("b"), true)]);
  });
  expect(asked).toEqual(['"1"', '"2"']);
  await waitFor(() => expect(shown()).toEqual([true, true]));
});

test("a switch that is refused moves back, and the next change is not held up by it", async () => {
  const { result, setting, shown } = await page();
  refuse = true;
  await act(async () => {
    await expect(result.current.save(setting("a"), true)).rejects.toMatchObject({ code: "database_unavailable" });
  });
  expect(shown()).toEqual([false, false]);
  refuse = false;
  await act(() => result.current.save(setting("b"), true));
  await waitFor(() => expect(shown()).toEqual([false, true]));
});
