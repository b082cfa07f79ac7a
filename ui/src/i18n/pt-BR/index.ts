import { common } from "./common";
import { errors } from "./errors";
import { shell } from "./shell";
import { chat } from "./chat";
import { library } from "./library";
import { message } from "./message";
import { account } from "./account";
import { dashboard } from "./dashboard";

/** All words but those of the administration's pages, which come with them (admin.ts). */
export const ptBR = {
  common,
  errors,
  shell,
  chat,
  library,
  message,
  account,
  dashboard,
};
