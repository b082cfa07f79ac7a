import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MessageSquare, Search, TextSearch } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { api, call, type Conversation } from "@/api";
import { queryClient } from "@/app/query";
import { useWords } from "@/i18n";
import { ago } from "@/i18n/format";
import { nameOf } from "@/library/edits";
import { folded, type Listing } from "@/library/listing";
import { Excerpt } from "@/library/pages/excerpt";
import { usePaletteCommands } from "@/library/palette-commands";
import { useListing } from "@/library/queries";

export interface Choice {
  id: string;
  label: string;
  icon: ReactNode;
  run: () => void;
  detail?: ReactNode;
  hint?: string;
  keys?: string | null;
}

export interface ChoiceGroup {
  id: string;
  name: string;
  choices: Choice[];
}

const RECENT = 7;
const FOUND = 6;
const PAUSE = 150;

/** What the palette offers for what is typed: recent ones and commands at first, then whatever fits. */
export function usePaletteChoices(text: string): ChoiceGroup[] {
  const words = useWords().library.palette;
  const navigate = useNavigate();
  const wanted = text.trim();
  const open = (id: string, hash?: string) => void navigate({ to: "/chat/$conversationId", params: { conversationId: id }, ...(hash !== undefined && { hash }) });
  const recent = useListing({}).data?.items ?? [];
  const commands = usePaletteCommands().filter((each) => fits(each.label, wanted));
  const titles = wanted === "" ? recent.slice(0, RECENT) : titled(recent, wanted);
  const messages = useMessages(wanted, new Set(titles.map((each) => each.id)), open);
  const conversations = titles.map((each): Choice => ({ id: each.id, label: nameOf(each), icon: <MessageSquare aria-hidden />, hint: ago(each.updated_at), run: () => open(each.id) }));
  const everywhere: Choice[] = wanted === "" ? [] : [{ id: "everywhere", label: words.all(wanted), icon: <Search aria-hidden />, run: () => void navigate({ to: "/search", search: { q: wanted } }) }];
  return [
    { id: "conversations", name: wanted === "" ? words.recent : words.conversations, choices: conversations },
    { id: "commands", name: words.commands, choices: commands },
    { id: "messages", name: words.messages, choices: [...messages, ...everywhere] },
  ].filter((group) => group.choices.length > 0);
}

/** Every word of what was typed stands in it, wherever. */
export function fits(label: string, wanted: string): boolean {
  const text = folded(label);
  return folded(wanted)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** By their titles, of all that is loaded anywhere: this answers at once, before the server does. */
function titled(recent: readonly Conversation[], wanted: string): Conversation[] {
  const all = new Map(recent.map((each) => [each.id, each]));
  for (const [, listing] of queryClient.getQueriesData<Listing>({ queryKey: ["conversations"] })) for (const each of listing?.items ?? []) all.set(each.id, each);
  return [...all.values()].filter((each) => each.title !== null && fits(each.title, wanted)).slice(0, FOUND);
}

function useMessages(wanted: string, shown: ReadonlySet<string>, open: (id: string, hash?: string) => void): Choice[] {
  const asked = usePaused(wanted);
  const { data } = useQuery({
    queryKey: ["search", "palette", asked],
    enabled: asked.length > 1,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    queryFn: async ({ signal }) => {
      const whole = await search(asked, signal);
      // The last word may not be typed to its end yet.
      return whole.length > 0 || !/[\p{L}\p{N}]$/u.test(asked) ? whole : search(`${asked}*`, signal);
    },
  });
  if (asked.length < 2 || wanted === "" || data === undefined) return [];
  return data
    .filter((hit) => hit.item_id !== null || !shown.has(hit.conversation.id))
    .slice(0, FOUND)
    .map((hit) => ({
      id: `${hit.conversation.id}-${hit.item_id ?? "title"}`,
      label: nameOf(hit.conversation),
      detail: hit.item_id === null ? undefined : <Excerpt excerpt={hit.excerpt} />,
      icon: hit.item_id === null ? <MessageSquare aria-hidden /> : <TextSearch aria-hidden />,
      run: () => open(hit.conversation.id, hit.item_id ?? undefined),
    }));
}

async function search(q: string, signal: AbortSignal) {
  return (await call(api.GET("/api/v1/search", { params: { query: { q, limit: 12, order: "best" } }, signal }))).data;
}

function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
