// What a conversation looks like to those who draw it. The store makes these from the server's items and events.

/** A file that goes with a question. `state` tells how far it is with its way to the server. */
export interface Attachment {
  /** Local, until the server has given it one ("file-…"). */
  id: string;
  name: string;
  /** Media type, as the browser or the server knows it. */
  type: string;
  size: number | null;
  state: "uploading" | "ready" | "failed";
  /** From 0 to 1 while it is uploading. */
  progress?: number;
  error?: unknown;
  /** Where the picture can be seen, if it is one: of this origin, or blob:. */
  preview?: string;
  /** One of the person's files, which was here before: off the message it stays where it is. */
  kept?: boolean;
}

/** Something that was picked for a question: its id, and what it is called. */
export interface Chosen {
  id: string;
  name: string;
  /** Where its picture is, if it has one. */
  picture?: string | null;
}

/** Who is to answer a question, and what is to be searched for it. */
export interface Wish {
  assistant: Chosen | null;
  stores: readonly Chosen[];
}

/** How an answer stands. */
export type AnswerState = "queued" | "running" | "waiting" | "completed" | "failed" | "cancelled" | "incomplete";

export interface TextPart {
  kind: "text";
  id: string;
  text: string;
  /** Something may still be added. */
  open: boolean;
  /** Where it points to: passages it was taken from, files that code left. */
  references?: readonly Reference[];
}

/** A place of a document: characters of its text, a page from 1 on, the headings above. */
export interface Place {
  start: number | null;
  end: number | null;
  page: number | null;
  heading: readonly string[];
}

/** A piece of a text that stands for a passage of a document, or for a file. */
export interface Reference {
  kind: "passage" | "file";
  fileId: string;
  filename: string;
  /** Where in the text, in characters as the server counts them; the same twice: behind these. */
  from: number;
  to: number;
  place: Place | null;
}

export interface ReasoningPart {
  kind: "reasoning";
  id: string;
  text: string;
  open: boolean;
  /** When it began and ended here, in ms since 1970; unknown for what was read from the store. */
  began?: number;
  ended?: number;
}

export interface ToolPart {
  kind: "tool";
  id: string;
  name: string;
  /** JSON, as the model wrote it; may be incomplete while `open`. */
  input: string;
  output: string | null;
  state: "writing" | "running" | "done" | "failed";
  open: boolean;
}

export type StepState = ToolPart["state"];

export interface Hit {
  fileId: string;
  filename: string;
  score: number;
  text: string;
  place: Place | null;
}

/** A search in documents. */
export interface SearchPart {
  kind: "search";
  id: string;
  queries: readonly string[];
  /** Null: not told. */
  hits: readonly Hit[] | null;
  state: StepState;
  open: boolean;
}

export type CodeOutput = { kind: "logs"; text: string } | { kind: "image"; fileId: string };

/** Code that the model wrote and had run. */
export interface CodePart {
  kind: "code";
  id: string;
  code: string;
  /** Null: not told. */
  outputs: readonly CodeOutput[] | null;
  state: StepState;
  open: boolean;
}

/** A call of a tool of another server. */
export interface McpPart {
  kind: "mcp";
  id: string;
  server: string;
  name: string;
  /** JSON, as the model wrote it; may be incomplete while `open`. */
  input: string;
  output: string | null;
  error: string | null;
  state: StepState;
  open: boolean;
}

/** Another server was asked for its tools. */
export interface McpToolsPart {
  kind: "mcp-tools";
  id: string;
  server: string;
  tools: readonly string[];
  error: string | null;
  open: boolean;
}

/** "asking": nobody has decided; "passed": something else was said instead. */
export type Decision = "asking" | "approved" | "declined" | "passed";

/** A tool of another server is only used when the person says so. */
export interface ApprovalPart {
  kind: "approval";
  id: string;
  server: string;
  name: string;
  input: string;
  decision: Decision;
  open: boolean;
}

export interface RefusalPart {
  kind: "refusal";
  id: string;
  text: string;
  open: boolean;
}

/** What an answer did on its way. */
export type StepPart = SearchPart | CodePart | McpPart | McpToolsPart | ApprovalPart;
export type AnswerPart = TextPart | ReasoningPart | ToolPart | RefusalPart | StepPart;

export interface AnswerUsage {
  inputTokens: number;
  outputTokens: number;
  /** In US dollars; null where the model's price isn't known. */
  cost: number | null;
}

interface Placed {
  /** The item's id, or a local one ("local-…") until the server has answered. Keys of React stay the same: see `key`. */
  id: string;
  key: string;
  parentId: string | null;
  /** What stands in its place, itself among them, oldest first: "‹ 2/3 ›". */
  versions: readonly string[];
  createdAt: string;
}

export interface UserTurn extends Placed {
  role: "user";
  text: string;
  attachments: readonly Attachment[];
  /** Not with the server yet; or refused by it. */
  sending: boolean;
  error?: unknown;
}

/** An answer with all that belongs to it: the items that one run made. */
export interface AnswerTurn extends Placed {
  role: "answer";
  runId: string | null;
  state: AnswerState;
  parts: readonly AnswerPart[];
  model: string | null;
  usage: AnswerUsage | null;
  /** Why it failed, as the server said it: {code, message}. */
  error: { code: string; message: string } | null;
  /** Its last item: what feedback, regenerate and branches name. */
  lastItemId: string | null;
  feedback: "up" | "down" | null;
  /** Who gave it, where it was an assistant. */
  assistant?: { id: string; name: string | null } | null | undefined;
  /** While it waits for somebody else's program: until when, and for which functions. */
  awaits?: { until: string; names: readonly string[] } | null | undefined;
}

/** Something else that stands in the thread: a summary of what was before, an imported note. */
export interface NoteTurn extends Placed {
  role: "note";
  kind: "summary" | "system";
  text: string;
}

export type Turn = UserTurn | AnswerTurn | NoteTurn;

/** What can be done with a turn; what is undefined isn't offered. */
export interface TurnActions {
  regenerate?: (turn: AnswerTurn) => void;
  /** "Go on" after a stop or an interruption. */
  proceed?: (turn: AnswerTurn) => void;
  /** A new version of a question; asks again unless `save` alone, with what it was asked with where no `wish` says otherwise. */
  edit?: (turn: UserTurn, text: string, how: "ask" | "save", wish?: Wish) => Promise<void>;
  /** What a question was asked with. */
  wished?: (turn: UserTurn) => Promise<Wish>;
  resend?: (turn: UserTurn) => void;
  /** Shows another version. */
  choose?: (turn: Turn, id: string) => void;
  rate?: (turn: AnswerTurn, rating: "up" | "down" | null, reason?: string) => void;
  /** What the model was sent for it. */
  inspect?: (turn: AnswerTurn) => void;
  remove?: (turn: Turn) => void;
  /** Lets tools be used, or not: every request of the answer, by its id. */
  decide?: (turn: AnswerTurn, decisions: ReadonlyMap<string, boolean>) => Promise<void>;
  /** Ends an answer that waits for somebody else. */
  end?: (turn: AnswerTurn) => void;
}
