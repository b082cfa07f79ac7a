import type { dashboard as form } from "../pt-BR/dashboard";

const suffix = (name: string): string => (name === "" ? "" : `, ${name}`);

export const dashboard: typeof form = {
  title: "Home",
  greetings: {
    morning: (name: string) => `Good morning${suffix(name)}`,
    afternoon: (name: string) => `Good afternoon${suffix(name)}`,
    evening: (name: string) => `Good evening${suffix(name)}`,
  },
  ask: {
    label: "Ask something to begin a chat",
    placeholder: "Ask anything…",
    send: "Begin the chat",
  },
  recent: {
    title: "Recent chats",
    untitled: "Untitled",
    emptyTitle: "No chats yet",
    empty: "Write a question above, or bring conversations along from elsewhere.",
    import: "Import conversations",
  },
  usage: {
    title: "Your usage",
    more: "See all",
    empty: (days: number) => `Nothing in the last ${days} days. The numbers appear with the first chat.`,
    sum: (calls: string, tokens: string, days: number) => `${calls} ${calls === "1" ? "call" : "calls"} and ${tokens} tokens in ${days} days`,
    chart: (days: number) => `Calls by day, last ${days} days`,
  },
  keys: {
    title: "My API keys",
    empty: "With a key your programs call the same models that you use here.",
    neverUsed: "never used",
    used: (when: string) => `used ${when}`,
    create: "Create a new API key",
    manage: "Manage keys",
  },
  possible: {
    title: "What you can do",
    chat: { title: "Chat", text: "Ask, attach files, edit, and compare answers." },
    assistants: { title: "Use assistants", text: "Give a model instructions, documents and tools for a piece of work." },
    knowledge: { title: "Ask your documents", text: "Upload files to a base and see which passage an answer came from." },
    search: { title: "Search", text: "Find any word that was said, in all chats." },
    import: { title: "Import", text: "Bring chats along from ChatGPT, Claude and others." },
    memory: { title: "Set up memory", text: "Tell what models should know of you." },
  },
  developers: {
    title: "For developers",
    intro: "This server speaks OpenAI's API: change the address and the key, and the rest of your code stays as it is.",
    base: "Address of the API",
    docs: "See the API's documentation",
  },
  attention: {
    title: "This server",
    more: "Administration",
    fine: "Everything is fine.",
    version: "Version",
    database: "Database",
    runs: "Answers under way",
    disk: "Free disk",
    findings: {
      degraded: () => "The server isn't well: look at its health.",
      noProvider: () => "No model provider is connected. Connect one to get real answers.",
      providerTrouble: (names: string) => `There is trouble with: ${names}.`,
      circuits: (names: string) => `Models that are paused because they failed: ${names}.`,
      noBackup: () => "No backup is scheduled.",
      oldBackup: () => "The last backup is too old.",
      diskLow: () => "The disk is almost full.",
      jobsFailing: () => "Some background work fails.",
    },
  },
  chart: {
    showTable: "Show as a table",
    hideTable: "Hide the table",
    failed: "The chart could not be drawn. The numbers are in the table.",
    calls: "Calls",
    asked: "Tokens sent",
    answered: "Tokens received",
    cost: "Cost",
    noName: "No name",
  },
};
