/** The person's conversations in the sidebar. */
export function ConversationList() {
  return null;
}
