import "@/pages/account/link"; // before the router looks at the address: takes codes out of it
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { ApiError, onSignedOut } from "@/api";
import { NotFound, PageError } from "@/app/not-found";
import { queryClient } from "@/app/query";
import { alreadyHere, meQuery } from "@/app/session";
import { Shell } from "@/app/shell";
import { toast } from "@/app/toast";
import { placeOf, viewOf } from "@/knowledge/places";
import { termsOf } from "@/library/search-terms";
import { loadLanguage, spoken, words } from "@/i18n";
import { remembered } from "@/app/browser";
import { type LinkRefused, linkRefused } from "@/pages/account/link-refused";
import { safeNext } from "@/pages/account/next";
import { optionsQuery } from "@/pages/account/options";

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
        const options = await queryClient.fetchQuery(optionsQuery).catch(() => null);
        if (options?.set_up_needed === true) throw redirect({ to: "/set-up" });
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

/** Who is signed in has nothing to do here: they go on to where they wanted to go. */
async function onward({ search }: { search: Next }): Promise<void> {
  if ((await alreadyHere()) !== null) throw redirect({ href: safeNext(search.next) ?? "/dashboard" });
}

/** Whose account is shown over the administration's list of people. */
function personOf(search: Record<string, unknown>): { person?: string } {
  const person = search["person"];
  return typeof person === "string" && /^user_[0-9a-f]{32}$/.test(person) ? { person } : {};
}

/** Who is to answer in a new chat. */
function assistantOf(search: Record<string, unknown>): { assistant?: string } {
  const assistant = search["assistant"];
  return typeof assistant === "string" && /^asst_\w{1,100}$/.test(assistant) ? { assistant } : {};
}

/** Which window stands over an assistant's page. */
function windowOf(search: Record<string, unknown>): { view?: "sharing" | "versions" } {
  const view = search["view"];
  return view === "sharing" || view === "versions" ? { view } : {};
}

const outside = [
  createRoute({ getParentRoute: () => root, path: "/set-up", component: lazyRouteComponent(() => import("@/pages/account/set-up"), "SetUpPage") }),
  createRoute({
    getParentRoute: () => root,
    path: "/sign-in",
    validateSearch: (search: Record<string, unknown>): Next & { error?: LinkRefused } => ({ ...nextOf(search), ...linkRefused(search) }),
    beforeLoad: onward,
    component: lazyRouteComponent(() => import("@/pages/account/sign-in"), "SignInPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/register",
    validateSearch: nextOf,
    beforeLoad: onward,
    component: lazyRouteComponent(() => import("@/pages/account/register"), "RegisterPage"),
  }),
  createRoute({ getParentRoute: () => root, path: "/invite", component: lazyRouteComponent(() => import("@/pages/account/register"), "RegisterPage") }),
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
  createRoute({ getParentRoute: () => inside, path: "/chat", validateSearch: assistantOf, component: lazyRouteComponent(() => import("@/chat/new-chat"), "NewChatPage") }),
  createRoute({ getParentRoute: () => inside, path: "/chat/$conversationId", component: lazyRouteComponent(() => import("@/chat/chat-page"), "ChatPage") }),
  createRoute({ getParentRoute: () => inside, path: "/search", validateSearch: termsOf, component: lazyRouteComponent(() => import("@/library/search-page"), "SearchPage") }),
  createRoute({ getParentRoute: () => inside, path: "/prompts", component: lazyRouteComponent(() => import("@/pages/prompts/prompts"), "PromptsPage") }),
  createRoute({ getParentRoute: () => inside, path: "/archive", component: lazyRouteComponent(() => import("@/library/archive-page"), "ArchivePage") }),
  createRoute({ getParentRoute: () => inside, path: "/trash", component: lazyRouteComponent(() => import("@/library/trash-page"), "TrashPage") }),
  createRoute({ getParentRoute: () => inside, path: "/shares", component: lazyRouteComponent(() => import("@/library/shares-page"), "SharesPage") }),
  createRoute({ getParentRoute: () => inside, path: "/shares/copy/$token", component: lazyRouteComponent(() => import("@/library/share-copy-page"), "ShareCopyPage") }),
  createRoute({ getParentRoute: () => inside, path: "/import", component: lazyRouteComponent(() => import("@/library/import-page"), "ImportPage") }),
  createRoute({ getParentRoute: () => inside, path: "/assistants", component: lazyRouteComponent(() => import("@/assistants/list-page"), "AssistantsPage") }),
  createRoute({ getParentRoute: () => inside, path: "/assistants/new", component: lazyRouteComponent(() => import("@/assistants/editor-page"), "NewAssistantPage") }),
  createRoute({
    getParentRoute: () => inside,
    path: "/assistants/$assistantId",
    validateSearch: windowOf,
    component: lazyRouteComponent(() => import("@/assistants/editor-page"), "AssistantPage"),
  }),
  createRoute({ getParentRoute: () => inside, path: "/knowledge", component: lazyRouteComponent(() => import("@/knowledge/knowledge-page"), "KnowledgePage") }),
  createRoute({ getParentRoute: () => inside, path: "/knowledge/$storeId", validateSearch: viewOf, component: lazyRouteComponent(() => import("@/knowledge/store-page"), "StorePage") }),
  createRoute({ getParentRoute: () => inside, path: "/files/$fileId", validateSearch: placeOf, component: lazyRouteComponent(() => import("@/knowledge/file-page"), "FilePage") }),
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
  createRoute({
    getParentRoute: () => inside,
    path: "/admin/$section",
    validateSearch: personOf,
    component: lazyRouteComponent(() => import("@/pages/admin/admin"), "AdminPage"),
  }),
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
  const known = queryClient.getQueryData(meQuery.queryKey) !== undefined;
  // The very question who is signed in isn't cut off: whoever asked it hears the answer.
  if (known) queryClient.removeQueries({ queryKey: meQuery.queryKey });
  // Several calls may hear it at once, the later ones when the page is on its way already.
  if (here.pathname === "/sign-in" || !router.state.matches.some((match) => match.routeId === "/inside")) return;
  if (known) toast({ kind: "error", text: words().errors.codes.not_signed_in });
  void router.navigate({ to: "/sign-in", search: { next: here.href } });
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
