import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call, type Me } from "@/api";
import { forgetAll } from "@/app/browser";
import { queryClient } from "@/app/query";

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => call(api.GET("/api/v1/me")),
  staleTime: 60_000,
});

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
  forgetAll("prosa.draft");
}
