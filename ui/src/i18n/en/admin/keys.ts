import type { keys as form } from "../../pt-BR/admin/keys";

export const keys: typeof form = {
  title: "API keys",
  text: "Everybody's keys. A key never may do more than the person whose it is.",
  list: "API keys",
  columns: { key: "Key", owner: "Whose", scopes: "May", used: "Last used", expires: "Good until", status: "Status" },
  scopes: { read: "read", write: "call models", admin: "administer people" },
  statuses: { active: "In use", replaced: "Replaced", expired: "Expired", revoked: "Revoked" },
  never: "Never used",
  forever: "No end",
  from: (address: string) => `from ${address}`,
  models: (count: number) => (count === 1 ? "1 model only" : `${count} models only`),
  addresses: (count: number) => (count === 1 ? "from 1 network only" : `from ${count} networks only`),
  suspendedOwner: "suspended",
  showEnded: "Show revoked and expired ones",
  none: "Nobody has made a key yet",
  noneText: "Everybody makes their own under Profile › My API keys.",
  revoke: "Revoke",
  openOwner: (name: string) => `Show ${name}`,
  revoking: {
    title: (name: string, owner: string) => `Revoke ${owner}'s key “${name}”?`,
    text: "Programs that use this key stop within a second. It can't be undone.",
    done: (name: string) => `The key “${name}” was revoked.`,
    many: (count: number) => `Revoke ${count} keys?`,
    manyDone: (count: number) => (count === 1 ? "1 key revoked." : `${count} keys revoked.`),
    notAll: (done: number, failed: number) => `${done} revoked; ${failed} could not be.`,
  },
};
