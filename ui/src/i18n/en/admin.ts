import type { admin as form } from "../pt-BR/admin";

export const admin: typeof form = {
  title: "Administration",
};
