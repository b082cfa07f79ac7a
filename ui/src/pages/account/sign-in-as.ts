import { api, call, isApiError, type Schemas } from "@/api";
import { queryClient } from "@/app/query";
import { loadLanguage, spoken } from "@/i18n/pages";

/** Begins a session in this browser; what was loaded for whoever was here before is forgotten. Throws ApiError. */
export async function signInAs(login: string, password: string): Promise<Schemas["User"]> {
  const { user } = await call(api.POST("/api/v1/auth/sign-in", { body: { login: login.trim(), password } }));
  queryClient.clear();
  const wanted = spoken(user.language);
  if (wanted !== null) await loadLanguage(wanted, true);
  return user;
}

/** The same for an account that was just asked for: the first of its sign-ins tells whether it is there. */
export async function signInAsNew(login: string, password: string): Promise<Schemas["User"] | "registered before"> {
  try {
    return await signInAs(login, password);
  } catch (error) {
    if (isApiError(error, "sign_in_failed")) return "registered before";
    throw error;
  }
}
