/** The time zones of this browser; the person's own is among them also where the browser doesn't know it. */
export function zones(own: string | null): string[] {
  const known = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = new Set([...known, "UTC", here, ...(own === null ? [] : [own])].filter(Boolean));
  return [...all].toSorted((one, other) => one.localeCompare(other));
}

/** "America/Sao_Paulo (UTC−3)" */
export function zoneName(zone: string, at: Date = new Date()): string {
  const plain = zone.replaceAll("_", " ");
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(at);
    const offset = parts.find((part) => part.type === "timeZoneName")?.value.replace("GMT", "UTC") ?? "";
    return offset === "" || zone === "UTC" ? plain : `${plain} (${offset.replace("-", "−")})`;
  } catch {
    return plain; // a name that this browser doesn't know
  }
}
