import { useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { Advanced } from "@/assistants/advanced";
import { Behaviour, Starters } from "@/assistants/behaviour";
import { ConflictNote } from "@/assistants/conflict-note";
import type { Assistant } from "@/assistants/data";
import type { Editing } from "@/assistants/editing";
import { EditorActions } from "@/assistants/editor-actions";
import { Frame, type Side, Sides } from "@/assistants/frame";
import { Identity } from "@/assistants/identity";
import { KnowledgePart } from "@/assistants/knowledge";
import { Tools } from "@/assistants/tools";
import { useEditing } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Button, Confirm, Skeleton } from "@/ui";

const TryOut = lazy(async () => ({ default: (await import("@/assistants/try-out")).TryOut }));
const SharingDialog = lazy(async () => ({ default: (await import("@/assistants/sharing-dialog")).SharingDialog }));
const VersionsDialog = lazy(async () => ({ default: (await import("@/assistants/versions-dialog")).VersionsDialog }));

/** An assistant that is being edited, with a try-out beside it; null: one to be. */
export function Editor({ found }: { found: Assistant | null }) {
  const words = useWords().assistants;
  const state = useEditing(found);
  const { editing, base, draft, dirty, problems } = state;
  const [side, setSide] = useState<Side>("edit");
  const name = plain(draft.name.trim()) || (base === null ? words.editor.newTitle : words.unnamed);
  const part = { draft, put: editing.put, problems };

  function submit(event: FormEvent): void {
    event.preventDefault();
    setSide("edit");
    void editing.save();
  }

  function toProblems(): void {
    setSide("edit");
    editing.showProblems();
  }

  const form = (
    <form data-editor noValidate onSubmit={submit} className="@container flex flex-col gap-4">
      {state.conflict !== null && <ConflictNote conflict={state.conflict} busy={state.busy} onMine={() => void editing.keepMine()} onTheirs={editing.takeTheirs} />}
      <Identity {...part} base={base} picture={state.picture} onPicture={editing.putPicture} />
      <Behaviour {...part} />
      <KnowledgePart {...part} base={base} />
      <Tools {...part} base={base} />
      <Starters {...part} />
      <Advanced {...part} />
      {(dirty || base === null) && state.conflict === null && <SaveBar state={state} editing={editing} />}
    </form>
  );
  const tryOut = (
    <Suspense fallback={<Skeleton className="h-80 w-full rounded-xl" />}>
      <TryOut draft={draft} base={base} onWrong={toProblems} />
    </Suspense>
  );
  return (
    <Frame name={name} named={draft.name} picture={state.picture?.address ?? base?.picture ?? null} below={base !== null && <p className="text-sm text-muted">{words.editor.versionOf(base.version)}</p>} actions={base !== null && <EditorActions assistant={base} name={name} />}>
      <Sides side={side} onSide={setSide} labels={{ edit: words.editor.tabs.edit, tryOut: words.editor.tabs.tryOut }} edit={form} tryOut={tryOut} />
      {base !== null && <Views base={base} dirty={dirty} editing={editing} />}
      <Leaving editing={editing} dirty={dirty} />
    </Frame>
  );
}

/** Stands at the lower edge as long as something isn't saved. */
function SaveBar({ state, editing }: { state: ReturnType<typeof useEditing>; editing: Editing }) {
  const words = useWords();
  const said = words.assistants.editor;
  const [asking, setAsking] = useState(false);
  const wrong = Object.keys(state.problems).length > 0;
  return (
    <div className="sticky bottom-0 z-10 -mx-4 border-t border-line bg-ground/95 px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] backdrop-blur-sm sm:mx-0 sm:rounded-t-xl sm:border sm:border-b-0">
      {state.refused.failure !== null && (
        <p role="alert" className="mb-2 text-sm text-danger">
          {state.refused.failure}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p role="status" className="min-w-0 flex-1 text-sm text-muted">
          {state.checked && wrong ? <span className="text-danger">{said.checkFields}</span> : state.base === null ? said.fresh : said.unsaved}
        </p>
        <div className="flex gap-2">
          {state.base !== null && (
            <Button kind="quiet" disabled={state.busy} onClick={() => setAsking(true)}>
              {said.discard}
            </Button>
          )}
          <Button kind="primary" type="submit" busy={state.busy}>
            {state.base === null ? said.createAction : said.save}
          </Button>
        </div>
      </div>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={said.discarding.title}
        text={said.discarding.text}
        action={said.discard}
        onConfirm={async () => editing.discard()}
      />
    </div>
  );
}

/** Windows that have an address: sharing and versions. */
function Views({ base, dirty, editing }: { base: Assistant; dirty: boolean; editing: Editing }) {
  const { view } = useSearch({ from: "/inside/assistants/$assistantId" });
  const navigate = useNavigate();
  const close = () => void navigate({ to: "/assistants/$assistantId", params: { assistantId: base.id }, search: {}, replace: true, resetScroll: false });
  return (
    <Suspense fallback={null}>
      {view === "sharing" && base.right === "own" && <SharingDialog assistant={base} onClose={close} />}
      {view === "versions" && <VersionsDialog assistant={base} dirty={dirty} onRestored={editing.adopt} onClose={close} />}
    </Suspense>
  );
}

/** Who leaves with something unsaved is asked first. */
function Leaving({ editing, dirty }: { editing: Editing; dirty: boolean }) {
  const words = useWords().assistants.editor.leave;
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && editing.leaves(),
    enableBeforeUnload: () => editing.leaves(),
    disabled: !dirty,
    withResolver: true,
  });
  return (
    <Confirm
      open={blocker.status === "blocked"}
      onClose={() => blocker.reset?.()}
      title={words.title}
      text={words.text}
      action={words.action}
      onConfirm={async () => blocker.proceed?.()}
    />
  );
}
