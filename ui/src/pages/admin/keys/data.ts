import { api, call, type Schemas } from "@/api";

export type Key = Schemas["Key"];
export type IssuedKey = Schemas["IssuedKey"];
export const KEYS = ["admin", "keys"] as const;

export function listIssuedKeys(ended: boolean, cursor: string | undefined) {
  return call(api.GET("/api/v1/issued-keys", { params: { query: { limit: 50, ended, ...(cursor !== undefined && { cursor }) } } }));
}

export const listKeysOf = (user: string) => call(api.GET("/api/v1/users/{user_id}/keys", { params: { path: { user_id: user }, query: { limit: 100 } } }));

export const revokeKey = (user: string, key: string) => call(api.DELETE("/api/v1/users/{user_id}/keys/{key_id}", { params: { path: { user_id: user, key_id: key } } }));
