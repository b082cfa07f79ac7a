import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call, HEADERS, type Me, onSignedOut } from "@/api";
import { forgetAll, remember } from "@/app/browser";
import { early } from "@/app/early";
import { queryClient } from "@/app/query";

/** Somebody is signed in in this browser, as far as it knows: see public/start.js. */
const INSIDE = "prosa.inside";
onSignedOut(() => remember(INSIDE, null));

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const asked = early();
    const me = await call(api.GET("/api/v1/me", asked === null ? {} : { fetch: () => asked }));
    remember(INSIDE, "1");
    return me;
  },
  staleTime: 60_000,
});

/** Who is signed in already, for a page that is for those who aren't: who isn't is no error there. */
export async function alreadyHere(): Promise<Me | null> {
  const known = queryClient.getQueryData(meQuery.queryKey);
  if (known !== undefined) return known;
  try {
    const response = await (early() ?? fetch("/api/v1/me", { cache: "no-store", credentials: "same-origin", headers: HEADERS }));
    if (!response.ok) return null;
    const me = (await response.json()) as Me;
    queryClient.setQueryData(meQuery.queryKey, me);
    return me;
  } catch {
    return null;
  }
}

/** Who is signed in; only inside the shell, where somebody is. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (data === undefined) throw new Error("nobody is signed in here");
  return data;
}

export function isAdmin(me: Me): boolean {
  return me.role === "admin";
}

/** Ends the session of this browser and forgets what was loaded in it, and what was written and not sent. */
export async function signOut(): Promise<void> {
  await call(api.POST("/api/v1/auth/sign-out"));
  queryClient.clear();
  remember(INSIDE, null);
  forgetAll("prosa.draft");
  forgetAll("prosa.unsent");
}
