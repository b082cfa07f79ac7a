// For tests alone.
import type { Assistant } from "@/assistants/data";

export function assistant(parts: Partial<Assistant> = {}): Assistant {
  return {
    id: "asst_1",
    etag: '"1"',
    name: "Contratos",
    description: null,
    model: "mock",
    instructions: "Cite.",
    tools: [],
    tool_types: [],
    vector_store_ids: [],
    file_ids: [],
    metadata: {},
    temperature: null,
    top_p: null,
    reasoning_effort: null,
    response_format: "auto",
    starters: [],
    limits: { max_prompt_tokens: null, max_completion_tokens: null },
    picture: null,
    owner: null,
    right: "own",
    audience: "private",
    version: 1,
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    ...parts,
  };
}
