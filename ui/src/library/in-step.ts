import { api, call, isApiError } from "@/api";
import { type Change, onChange } from "@/app/changes";
import { queryClient } from "@/app/query";
import type { Listing } from "@/library/listing";
import { hide, PAGE, show } from "@/library/queries";

/**
 * Keeps what lies behind the first page of a list in step with other tabs and devices.
 *
 * The first pages are read anew after every change (app/changes.ts); what somebody scrolled to is looked at one by one.
 */
export function keepInStep(): () => void {
  return onChange((change) => void follow(change));
}

async function follow({ type, id }: Change): Promise<void> {
  if (type === "changes.reload") return startAnew();
  if (id === undefined || !type.startsWith("conversation.") || !isDeep(id)) return;
  if (type === "conversation.deleted") return hide(id);
  try {
    show(await call(api.GET("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id } } })));
  } catch (error) {
    if (isApiError(error) && error.status === 404) hide(id);
  }
}

function listings(): Listing[] {
  return queryClient.getQueriesData<Listing>({ queryKey: ["conversations"] }).flatMap(([, listing]) => (listing === undefined ? [] : [listing]));
}

function isDeep(id: string): boolean {
  return listings().some((each) => each.items.findIndex((one) => one.id === id) >= PAGE);
}

/** Nobody knows what was missed: lists that were scrolled begin again. */
async function startAnew(): Promise<void> {
  if (listings().some((each) => each.items.length > PAGE)) await queryClient.resetQueries({ queryKey: ["conversations"] });
}
