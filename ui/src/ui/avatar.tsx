import { useState } from "react";

/** First letters of the first and the last name. */
export function initials(name: string): string {
  const parts = name.trim().split(/[\s@.]+/u).filter(Boolean);
  const chosen = parts.length > 1 ? [parts[0], parts.at(-1)] : [parts[0]];
  return chosen.map((part) => Array.from(part ?? "")[0] ?? "").join("").toLocaleUpperCase() || "?";
}

interface AvatarProps {
  name: string;
  size?: number;
  /** The person's own picture, where they have one. */
  own?: boolean;
  /** Changes when the picture does. */
  version?: string;
}

/** A round picture, or initials; says nothing to those who hear the page: the name stands beside it. */
export function Avatar({ name, size = 32, own = false, version = "" }: AvatarProps) {
  const [missing, setMissing] = useState<string | null>(null);
  const style = { width: size, height: size, fontSize: Math.round(size * 0.38) };
  const picture = own && missing !== version;
  return (
    <span aria-hidden style={style} className="inline-flex shrink-0 items-center justify-center overflow-hidden rounded-full bg-accent-soft font-semibold text-accent">
      {picture ? <img src={`/api/v1/me/picture${version && `?v=${encodeURIComponent(version)}`}`} alt="" className="size-full object-cover" onError={() => setMissing(version)} /> : initials(name)}
    </span>
  );
}
