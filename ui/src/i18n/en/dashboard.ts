import type { dashboard as form } from "../pt-BR/dashboard";

export const dashboard: typeof form = {
  title: "dashboard",
};
