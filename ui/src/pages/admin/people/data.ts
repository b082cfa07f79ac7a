import { api, call, type Schemas, whole } from "@/api";

export type User = Schemas["User"];
export type WholeUser = Schemas["WholeUser"];
export type Role = Schemas["Role"];
export type Invite = Schemas["Invite"];
export type Session = Schemas["Session"];
export const ROLES: readonly Role[] = ["user", "analyst", "admin"];

export interface Filter {
  search: string;
  role: Role | "";
  status: "active" | "suspended" | "";
}

export const PEOPLE = ["admin", "people"] as const;
export const INVITES = ["admin", "invites"] as const;
export const personKey = (id: string) => ["admin", "person", id] as const;

export function listPeople({ search, role, status }: Filter, cursor: string | undefined, limit = 50) {
  const query = { limit, ...(search && { search }), ...(role && { role }), ...(status && { status }), ...(cursor !== undefined && { cursor }) };
  return call(api.GET("/api/v1/users", { params: { query } }));
}

const of = (id: string) => ({ params: { path: { user_id: id } } });

export const getPerson = (id: string) => whole(api.GET("/api/v1/users/{user_id}", of(id)));
export const suspend = (id: string) => call(api.PUT("/api/v1/users/{user_id}/suspension", of(id)));
export const restore = (id: string) => call(api.DELETE("/api/v1/users/{user_id}/suspension", of(id)));
export const removePerson = (id: string) => call(api.DELETE("/api/v1/users/{user_id}", of(id)));
export const makeResetLink = (id: string, mail: boolean) => call(api.POST("/api/v1/users/{user_id}/password-reset", { ...of(id), body: { mail } }));
export const addPerson = (body: Schemas["NewUser"]) => call(api.POST("/api/v1/users", { body }));

export function changeRole(id: string, role: Role, etag: string | null) {
  return whole(api.PATCH("/api/v1/users/{user_id}", { params: { path: { user_id: id }, header: { "If-Match": etag ?? "*" } }, body: { role } }));
}

export const listSessions = (id: string) => call(api.GET("/api/v1/users/{user_id}/sessions", { params: { path: { user_id: id }, query: { limit: 100 } } }));
export const endSession = (id: string, session: string) =>
  call(api.DELETE("/api/v1/users/{user_id}/sessions/{session_id}", { params: { path: { user_id: id, session_id: session } } }));

export function listInvites(cursor: string | undefined) {
  return call(api.GET("/api/v1/invites", { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } }));
}

export const revokeInvite = (id: string) => call(api.DELETE("/api/v1/invites/{invite_id}", { params: { path: { invite_id: id } } }));

/** What a person is called: by their name, or else by what they sign in with. */
export const nameOf = (user: { name: string; email: string }): string => user.name || user.email;
