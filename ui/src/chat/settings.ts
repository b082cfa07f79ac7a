import type { Conversation, Schemas } from "@/api";
import { toast } from "@/app/toast";
import { edit } from "@/library/edits";

export type Settings = Schemas["ConversationSettings"];

export const NO_SETTINGS: Settings = { assistant: null, instructions: null, temperature: null, top_p: null, max_output_tokens: null, reasoning_effort: null };

/** Keeps the settings with a conversation; says what is wrong itself. */
export async function keepSettings(conversation: Conversation, settings: Settings, saved: string): Promise<boolean> {
  const done = await edit(conversation, { settings });
  if (done) toast({ text: saved });
  return done;
}
