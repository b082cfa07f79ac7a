// Windows over a chat, which come when they are opened.
import { type ComponentProps, lazy, Suspense } from "react";

const Context = lazy(() => import("@/chat/context-dialog").then((module) => ({ default: module.ContextDialog })));
const Settings = lazy(() => import("@/chat/settings-dialog").then((module) => ({ default: module.SettingsDialog })));

export function ContextDialog(props: ComponentProps<typeof Context>) {
  return (
    <Suspense fallback={null}>
      <Context {...props} />
    </Suspense>
  );
}

export function SettingsDialog(props: ComponentProps<typeof Settings>) {
  return (
    <Suspense fallback={null}>
      <Settings {...props} />
    </Suspense>
  );
}
