import { Link } from "@tanstack/react-router";
import { isAdmin, useMe } from "@/app/session";
import { useWords } from "@/i18n";
import { ConversationList } from "@/library/conversation-list";

export function Sidebar() {
  const words = useWords().shell;
  const me = useMe();
  return (
    <nav aria-label={words.navigation} className="hidden h-dvh w-72 shrink-0 flex-col border-r border-line bg-sunken p-3 md:flex">
      <Link to="/chat">{words.newChat}</Link>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <ConversationList />
      </div>
      <Link to="/dashboard">{words.dashboard}</Link>
      {isAdmin(me) && <Link to="/admin">{words.admin}</Link>}
      <Link to="/profile">{words.profile}</Link>
    </nav>
  );
}
