import type { Messages } from "@/i18n";
import { common } from "./common";
import { errors } from "./errors";
import { shell } from "./shell";
import { chat } from "./chat";
import { library } from "./library";
import { message } from "./message";

export const en: Messages = {
  common,
  errors,
  shell,
  chat,
  library,
  message,
};
