import type { chat as form } from "../pt-BR/chat";

export const chat: typeof form = {
  title: "chat",
};
