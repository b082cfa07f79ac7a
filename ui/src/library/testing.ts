// For tests alone.
import type { Conversation } from "@/api";

export function conversation(parts: Partial<Conversation> = {}): Conversation {
  return {
    id: "conv_1",
    etag: '"1"',
    title: "Fotossíntese",
    title_by: "person",
    dialect: "app",
    model: "mock",
    settings: {},
    assistant: null,
    metadata: {},
    folder_id: null,
    tags: [],
    pinned_at: null,
    archived_at: null,
    answering: false,
    waiting: false,
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    ...parts,
  };
}
