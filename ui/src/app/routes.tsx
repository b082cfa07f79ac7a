import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { ApiError, onSignedOut } from "@/api";
import { NotFound, PageError } from "@/app/not-found";
import { queryClient } from "@/app/query";
import { meQuery } from "@/app/session";
import { Shell } from "@/app/shell";
import { loadLanguage, spoken } from "@/i18n";
import { remembered } from "@/app/browser";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: PageError });

/** Who isn't signed in is sent to do so, and comes back to where they wanted to go. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      const me = await queryClient.ensureQueryData(meQuery);
      const wanted = spoken(me.language);
      if (wanted !== null && remembered("prosa.language") === null) await loadLanguage(wanted);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/sign-in", search: { next: location.href } });
      }
      throw error;
    }
  },
});

interface Next {
  next?: string;
}

/** Only a path of this app may follow a sign-in. */
function nextOf(search: Record<string, unknown>): Next {
  const next = search["next"];
  return typeof next === "string" && next.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? { next } : {};
}

const outside = [
  createRoute({ getParentRoute: () => root, path: "/set-up", component: lazyRouteComponent(() => import("@/pages/account/set-up"), "SetUpPage") }),
  createRoute({
    getParentRoute: () => root,
    path: "/sign-in",
    validateSearch: nextOf,
    component: lazyRouteComponent(() => import("@/pages/account/sign-in"), "SignInPage"),
  }),
  createRoute({ getParentRoute: () => root, path: "/register", component: lazyRouteComponent(() => import("@/pages/account/register"), "RegisterPage") }),
  createRoute({ getParentRoute: () => root, path: "/reset", component: lazyRouteComponent(() => import("@/pages/account/reset"), "ResetPage") }),
  createRoute({ getParentRoute: () => root, path: "/confirm-email", component: lazyRouteComponent(() => import("@/pages/account/confirm-email"), "ConfirmEmailPage") }),
];

const pages = [
  createRoute({
    getParentRoute: () => inside,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/dashboard" });
    },
  }),
  createRoute({ getParentRoute: () => inside, path: "/dashboard", component: lazyRouteComponent(() => import("@/pages/dashboard/dashboard"), "DashboardPage") }),
  createRoute({ getParentRoute: () => inside, path: "/chat", component: lazyRouteComponent(() => import("@/chat/chat-page"), "NewChatPage") }),
  createRoute({ getParentRoute: () => inside, path: "/chat/$conversationId", component: lazyRouteComponent(() => import("@/chat/chat-page"), "ChatPage") }),
  createRoute({ getParentRoute: () => inside, path: "/search", component: lazyRouteComponent(() => import("@/library/search-page"), "SearchPage") }),
  createRoute({ getParentRoute: () => inside, path: "/archive", component: lazyRouteComponent(() => import("@/library/archive-page"), "ArchivePage") }),
  createRoute({ getParentRoute: () => inside, path: "/trash", component: lazyRouteComponent(() => import("@/library/trash-page"), "TrashPage") }),
  createRoute({ getParentRoute: () => inside, path: "/shares", component: lazyRouteComponent(() => import("@/library/shares-page"), "SharesPage") }),
  createRoute({
    getParentRoute: () => inside,
    path: "/profile",
    beforeLoad: () => {
      throw redirect({ to: "/profile/$section", params: { section: "account" } });
    },
  }),
  createRoute({ getParentRoute: () => inside, path: "/profile/$section", component: lazyRouteComponent(() => import("@/pages/account/profile"), "ProfilePage") }),
  createRoute({
    getParentRoute: () => inside,
    path: "/admin",
    beforeLoad: () => {
      throw redirect({ to: "/admin/$section", params: { section: "overview" } });
    },
  }),
  createRoute({ getParentRoute: () => inside, path: "/admin/$section", component: lazyRouteComponent(() => import("@/pages/admin/admin"), "AdminPage") }),
];

export const router = createRouter({
  routeTree: root.addChildren([...outside, inside.addChildren(pages)]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

// A session that ends while a page is open: the person signs in and comes back to this very page.
onSignedOut(() => {
  const here = router.state.location;
  queryClient.removeQueries({ queryKey: meQuery.queryKey });
  if (router.state.matches.some((match) => match.routeId === "/inside")) void router.navigate({ to: "/sign-in", search: { next: here.href } });
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
