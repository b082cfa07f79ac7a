import type { account as form } from "../pt-BR/account";

export const account: typeof form = {
  title: "account",
};
