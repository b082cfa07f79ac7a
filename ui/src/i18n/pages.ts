// Words of the pages around the account and of the start page, beside all others: they come with these pages alone.
import type { Language } from "@/i18n";
import { account as enAccount } from "./en/account";
import { dashboard as enDashboard } from "./en/dashboard";
import { joined } from "./joined";
import { account } from "./pt-BR/account";
import { dashboard } from "./pt-BR/dashboard";

export * from "@/i18n";

const own = { account, dashboard };
const ofLanguage: Record<Language, typeof own> = { "pt-BR": own, en: { account: enAccount, dashboard: enDashboard } };

export const { useWords, words } = joined((_, shown) => ofLanguage[shown]);
export type Messages = ReturnType<typeof words>;
