// An assistant that is being edited: what was read, what is on the screen, and what somebody else did meanwhile.
import { isApiError } from "@/api";
import { toast } from "@/app/toast";
import { type Assistant, changeAssistant, createAssistant, getAssistant, keepAssistant, setPicture } from "@/assistants/data";
import { type AssistantDraft, asNew, asPatch, changedFields, type Content, draftOf, emptyDraft } from "@/assistants/draft";
import { type Problems, problemsOf, refusedBy } from "@/assistants/problems";
import { words } from "@/i18n/assistants";

export interface Conflict {
  now: Assistant;
  /** What was changed there, and what of it here too. */
  theirs: readonly (keyof Content)[];
  both: readonly (keyof Content)[];
}

export interface Edited {
  /** As it was read; null: it isn't created yet. */
  base: Assistant | null;
  /** What was read, and what is on the screen. */
  before: AssistantDraft;
  draft: AssistantDraft;
  /** Everything wrong is shown. */
  checked: boolean;
  /** What the server refused. */
  refused: { problems: Problems; failure: string | null };
  busy: boolean;
  conflict: Conflict | null;
  /** A picture that waits for its assistant. */
  picture: WaitingPicture | null;
}

/** Where it can be seen meanwhile. */
export interface WaitingPicture {
  blob: Blob;
  address: string;
}

const NOTHING = { problems: {}, failure: null };

function fresh(base: Assistant | null): Edited {
  const draft = base === null ? emptyDraft() : draftOf(base);
  return { base, before: draft, draft, checked: false, refused: NOTHING, busy: false, conflict: null, picture: null };
}

export function isDirty({ draft, before, picture }: Edited): boolean {
  return picture !== null || (draft !== before && changedFields(draft, before).length > 0);
}

export class Editing {
  private now: Edited;
  private done = false;
  private readonly listeners = new Set<() => void>();
  private readonly onCreated: (made: Assistant) => void;

  constructor(found: Assistant | null, onCreated: (made: Assistant) => void) {
    this.now = fresh(found);
    this.onCreated = onCreated;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Edited => this.now;

  private set(changes: Partial<Edited>): void {
    this.now = { ...this.now, ...changes };
    for (const listener of this.listeners) listener();
  }

  put = (changes: Partial<AssistantDraft>): void => this.set({ draft: { ...this.now.draft, ...changes }, refused: NOTHING });

  putPicture = (blob: Blob | null): void => {
    if (this.now.picture !== null) URL.revokeObjectURL(this.now.picture.address);
    this.set({ picture: blob && { blob, address: URL.createObjectURL(blob) } });
  };

  /** Whether leaving loses something, at this very moment. */
  leaves = (): boolean => !this.done && isDirty(this.now);

  /** It was saved, restored, or is taken as it is there. */
  adopt = (found: Assistant): void => {
    this.set(fresh(found));
    keepAssistant(found);
  };

  /** It was read anew. That it was shared or got a picture is no conflict; that it says something else may be one. */
  hear = (found: Assistant): void => {
    const { base, busy } = this.now;
    if (base === null || busy || found.etag === base.etag || found.version < base.version) return;
    if (found.version === base.version) this.set({ base: found });
    else if (isDirty(this.now)) this.set({ conflict: this.conflictWith(found) });
    else this.set(fresh(found));
  };

  /** Shows everything wrong from now on; true: there is nothing. */
  check = (): boolean => {
    this.set({ checked: true });
    return Object.keys(problemsOf(this.now.draft, words())).length === 0;
  };

  /** The same, and the first of them comes into sight. */
  showProblems = (): void => {
    if (!this.check()) toFirstProblem();
  };

  save = (): Promise<void> => this.attempt(() => (this.now.base === null ? this.create() : this.change(this.now.base.etag)));

  /** Mine over theirs. */
  keepMine = (): Promise<void> => this.attempt(() => this.change((this.now.conflict?.now ?? this.now.base)?.etag ?? "*"));

  takeTheirs = (): void => {
    const { conflict } = this.now;
    if (conflict === null) return;
    this.adopt(conflict.now);
    toast({ text: words().assistants.conflict.gone });
  };

  discard = (): void => this.set(fresh(this.now.conflict?.now ?? this.now.base));

  private async attempt(how: () => Promise<void>): Promise<void> {
    if (this.now.busy) return;
    if (!this.check()) return toFirstProblem();
    this.set({ busy: true, refused: NOTHING });
    const { base } = this.now;
    try {
      await how();
    } catch (error) {
      if (base !== null && isApiError(error) && error.status === 412) await this.meet(base.id);
      else this.refuse(error);
    } finally {
      this.set({ busy: false });
    }
  }

  private refuse(error: unknown): void {
    const refused = refusedBy(error, words());
    this.set({ refused });
    if (refused.failure === null) toFirstProblem();
  }

  /** Somebody else was faster: what they wrote is looked at. */
  private async meet(id: string): Promise<void> {
    try {
      const found = await getAssistant(id);
      if (found.version !== this.now.base?.version) return this.set({ conflict: this.conflictWith(found) });
      // It says the same: somebody shared it, or gave it another picture.
      this.set({ base: found });
      await this.change(found.etag);
    } catch (error) {
      this.refuse(error);
    }
  }

  private conflictWith(found: Assistant): Conflict {
    const { draft, before } = this.now;
    const theirs = changedFields(draftOf(found), before);
    const mine = changedFields(draft, before);
    return { now: found, theirs, both: theirs.filter((field) => mine.includes(field)) };
  }

  private async create(): Promise<void> {
    const { draft, picture } = this.now;
    let made = await createAssistant(asNew(draft));
    if (picture !== null) {
      try {
        await setPicture(made.id, picture.blob);
        made = await getAssistant(made.id);
      } catch (error) {
        toast({ kind: "error", text: refusedBy(error, words()).failure ?? words().errors.unknown });
      }
    }
    this.done = true;
    keepAssistant(made);
    toast({ text: words().assistants.editor.created(made.name ?? words().assistants.unnamed) });
    this.onCreated(made);
  }

  private async change(etag: string): Promise<void> {
    const { base, draft, before } = this.now;
    if (base === null) return;
    const found = await changeAssistant(base.id, asPatch(draft, before), etag);
    const shown = { ...draft, found: found.tools };
    this.adopt(found);
    // What says the same stays as it was written: no field is made anew under somebody's hands.
    if (changedFields(shown, this.now.draft).length === 0) this.set({ before: shown, draft: shown });
    toast({ text: words().assistants.editor.saved });
  }
}

/** The first field with trouble comes into sight and gets the focus. */
function toFirstProblem(): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>("[data-editor] :is([aria-invalid=true], [data-problem])");
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  });
}
