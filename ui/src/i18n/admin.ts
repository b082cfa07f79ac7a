// The administration's words come with its pages: few people ever load them.
import { useLanguage } from "@/i18n";
import { admin as en } from "./en/admin";
import { admin as ptBR } from "./pt-BR/admin";

export function useAdminWords(): typeof ptBR {
  return useLanguage() === "pt-BR" ? ptBR : en;
}
