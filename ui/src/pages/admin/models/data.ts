import { api, call, type Schemas, whole } from "@/api";

export type Model = Schemas["AdministeredModel"];
export type Target = Schemas["Target"];
export type ModelPatch = Schemas["ModelPatch"];
export type ModelsFound = Awaited<ReturnType<typeof listModels>>;

export const CATALOGUE = ["admin", "catalogue"] as const;
export const PRICES = ["admin", "catalogue", "prices"] as const;

export const listModels = () => call(api.GET("/api/v1/model-catalogue"));
export const listPrices = () => call(api.GET("/api/v1/model-catalogue", { params: { query: { prices: true } } }));

// A name goes into the path as it is, slashes and all: the server takes the rest of the path for it.
const spelled = (model: unknown): string => String(model).split("/").map(encodeURIComponent).join("/");
const plain = { pathSerializer: (path: string, values: Record<string, unknown>) => path.replace("{model}", spelled(values["model"])) };

export const getModel = (model: string) => whole(api.GET("/api/v1/models/{model}", { params: { path: { model } }, ...plain }));
export const addAlias = (body: Schemas["NewAlias"]) => call(api.POST("/api/v1/models", { body }));
export const resetModel = (model: string) => call(api.DELETE("/api/v1/models/{model}", { params: { path: { model } }, ...plain }));

/** `etag`: of the state that was read; `*` for what is right whatever the rest is. */
export function changeModel(model: string, body: ModelPatch, etag: string | null = "*") {
  return whole(api.PATCH("/api/v1/models/{model}", { params: { path: { model }, header: { "If-Match": etag ?? "*" } }, body, ...plain }));
}

export const isAlias = (model: Model): boolean => model.provider === null;
