import type { library as form } from "../pt-BR/library";

export const library: typeof form = {
  title: "library",
};
