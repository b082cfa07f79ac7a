import { api, ApiError, call } from "@/api";
import { language } from "@/i18n/pages";
import { signInAsNew } from "@/pages/account/sign-in-as";

interface Wish {
  name: string;
  email: string;
  password: string;
  invite?: string;
  code?: string;
}

/** Makes an account and signs in with it. Throws ApiError; `registered_before` where the address was taken. */
export async function register({ name, email, ...wish }: Wish): Promise<void> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
  const body = { ...wish, name: name.trim(), email: email.trim(), language: language(), ...(zone !== undefined && { time_zone: zone }) };
  await call(api.POST("/api/v1/auth/register", { body }));
  // The server never tells whether an address is taken; the first sign-in does.
  if ((await signInAsNew(email, wish.password)) === "registered before") throw new ApiError(409, { code: "registered_before" });
}
