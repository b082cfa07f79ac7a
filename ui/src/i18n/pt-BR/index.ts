import { common } from "./common";
import { errors } from "./errors";
import { shell } from "./shell";
import { chat } from "./chat";
import { library } from "./library";
import { message } from "./message";

/** All words but those that come with their pages: the administration (admin.ts), the account and the start page (pages.ts). */
export const ptBR = {
  common,
  errors,
  shell,
  chat,
  library,
  message,
};
