import type { components } from "@/api/schema";

export { api, call, HEADERS, onSignedOut, raw, whole } from "@/api/client";
export { ApiError, explain, isApiError } from "@/api/errors";
export { events, StreamParser, type StreamEvent } from "@/api/sse";

/** The shapes of the API by their names in its document. */
export type Schemas = components["schemas"];
export type Me = Schemas["WholeUser"];
export type Conversation = Schemas["Conversation"];
