// For whom an assistant is there, as it stands in the dialog.
import type { Audience, Sharing, SharingWish } from "@/assistants/data";

export type Role = SharingWish["roles"] extends (infer T)[] | undefined ? (T extends { role: infer R } ? R : never) : never;
export type May = "none" | "use" | "edit";
export const AUDIENCES: readonly Audience[] = ["private", "chosen", "everyone"];
export const ROLES = ["user", "analyst", "admin"] as const;

export interface SharedPerson {
  user: string;
  edits: boolean;
}

export interface SharingDraft {
  audience: Audience;
  people: readonly SharedPerson[];
  roles: Readonly<Record<(typeof ROLES)[number], May>>;
}

export function sharingDraft(sharing: Sharing): SharingDraft {
  const may = (role: string): May => {
    const found = sharing.roles.find((each) => each.role === role);
    return found === undefined ? "none" : found.edits === true ? "edit" : "use";
  };
  return { audience: sharing.audience, people: sharing.people.map(({ user, edits }) => ({ user, edits: edits === true })), roles: { user: may("user"), analyst: may("analyst"), admin: may("admin") } };
}

/** With nobody else there are none by name; with everyone those alone count who may edit. */
export function sharingWish({ audience, people, roles }: SharingDraft): SharingWish {
  if (audience === "private") return { audience, people: [], roles: [] };
  const named = ROLES.flatMap((role) => (roles[role] === "none" || (audience === "everyone" && roles[role] === "use") ? [] : [{ role, edits: roles[role] === "edit" }]));
  const chosen = audience === "everyone" ? people.filter(({ edits }) => edits) : people;
  return { audience, people: chosen.map(({ user, edits }) => ({ user, edits })), roles: named };
}

/** Whether nobody at all would be let in. */
export function namesNobody(draft: SharingDraft): boolean {
  const { people, roles } = sharingWish(draft);
  return draft.audience === "chosen" && people?.length === 0 && roles?.length === 0;
}

export function isSame(one: SharingDraft, other: SharingDraft): boolean {
  return JSON.stringify(sharingWish(one)) === JSON.stringify(sharingWish(other));
}

export const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(text) && text.length <= 320;
