import type { shell as form } from "../pt-BR/shell";

export const shell: typeof form = {
  skip: "Go to the content",
  navigation: "Navigation",
  openMenu: "Open menu",
  closeMenu: "Close menu",
  newChat: "New chat",
  chat: "Chats",
  dashboard: "Home",
  profile: "Profile",
  admin: "Administration",
  trash: "Trash",
  archive: "Archived",
  shares: "Shared links",
  signOut: "Sign out",
  theme: "Appearance",
  themes: { system: "System", light: "Light", dark: "Dark" },
  language: "Language",
  offline: "No connection. Trying again…",
};
