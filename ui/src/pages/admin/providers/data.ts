import { api, call, type Schemas, whole } from "@/api";

export type Provider = Schemas["Provider"];
export type ProviderKind = Schemas["ProviderKind"];
export type ProviderPatch = Schemas["ProviderPatch"];
export type Trial = Schemas["TrialOutcome"];
export type ProvidersFound = Awaited<ReturnType<typeof listProviders>>;

export const PROVIDERS = ["admin", "providers"] as const;
export const KINDS = ["admin", "provider-kinds"] as const;

const of = (name: string) => ({ params: { path: { provider_name: name } } });

export const listProviders = () => call(api.GET("/api/v1/providers"));
export const listKinds = () => call(api.GET("/api/v1/provider-kinds"));
export const getProvider = (name: string) => whole(api.GET("/api/v1/providers/{provider_name}", of(name)));
export const addProvider = (body: Schemas["NewProvider"]) => call(api.POST("/api/v1/providers", { body }));
export const removeProvider = (name: string) => call(api.DELETE("/api/v1/providers/{provider_name}", of(name)));
export const testProvider = (name: string) => call(api.POST("/api/v1/providers/{provider_name}/test", { ...of(name), body: {} }));
export const testDraft = (body: Schemas["DraftTrial"]) => call(api.POST("/api/v1/provider-tests", { body }));

/** `etag`: of the state that was read; `*` for what is right whatever the rest is, such as on or off. */
export function changeProvider(name: string, body: ProviderPatch, etag: string | null = "*") {
  return whole(api.PATCH("/api/v1/providers/{provider_name}", { params: { path: { provider_name: name }, header: { "If-Match": etag ?? "*" } }, body }));
}

/** Whether it can be changed here: what the settings say is changed where prosa is started. */
export const isOwn = (provider: Provider): boolean => provider.origin === "database";
