/** A free name for a provider of a kind: the kind's own, or with a number behind it. */
export function freeName(kind: string, taken: readonly string[]): string {
  const plain = kind.replace(/[^a-z0-9_-]/g, "-").slice(0, 36);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? plain : `${plain}-${count}`;
    if (!taken.includes(name)) return name;
  }
}
