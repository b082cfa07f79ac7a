// Windows over a chat, and what stands in it only with an assistant: they come when they are needed.
import { type ComponentProps, lazy, Suspense } from "react";

const Context = lazy(() => import("@/chat/context-dialog").then((module) => ({ default: module.ContextDialog })));
const Gone = lazy(() => import("@/chat/assistant-notes").then((module) => ({ default: module.AssistantGone })));
const Greeting = lazy(() => import("@/chat/assistant-notes").then((module) => ({ default: module.AssistantGreeting })));
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

export function AssistantGone(props: ComponentProps<typeof Gone>) {
  return (
    <Suspense fallback={null}>
      <Gone {...props} />
    </Suspense>
  );
}

export function AssistantGreeting(props: ComponentProps<typeof Greeting>) {
  return (
    <Suspense fallback={null}>
      <Greeting {...props} />
    </Suspense>
  );
}
