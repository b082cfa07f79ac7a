import { createContext } from "react";

/** The conversation that a turn is drawn in: by it, who may read the conversation may read what it cites. Null: none that is kept. */
export const ConversationContext = createContext<string | null>(null);
