import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { queryClient } from "@/app/query";
import { router } from "@/app/routes";
import { useTold } from "@/app/toast";

// They come with the first thing that is to be told.
const Toasts = lazy(() => import("@/app/toasts").then((module) => ({ default: module.Toasts })));

export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Told />
      </QueryClientProvider>
    </CSPProvider>
  );
}

function Told() {
  return (
    useTold() && (
      <Suspense fallback={null}>
        <Toasts />
      </Suspense>
    )
  );
}
