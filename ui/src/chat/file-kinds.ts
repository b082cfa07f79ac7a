// Which files a model can be sent.

/** All files of a message together; the server's own bound for a model call. */
export const MOST_BYTES = 50_000_000;
export const MOST_FILES = 20;
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const LOOKED_AT = 4_096;

export const ACCEPT =
  "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/*,.md,.csv,.json,.jsonl,.xml,.yaml,.yml,.toml,.ini,.log,.sql,.tex,.py,.js,.ts,.tsx,.jsx,.html,.css,.java,.c,.h,.cpp,.cs,.go,.rs,.rb,.php,.r,.sh";

export const isPicture = (type: string): boolean => PICTURES.has(type);

/** The media type it is sent as; null where no model takes it. What says nothing of itself is looked at: text has no zero bytes. */
export async function kindOf(file: File): Promise<string | null> {
  if (isPicture(file.type) || file.type === "application/pdf") return file.type;
  if (file.type.startsWith("image/") || file.type.startsWith("audio/") || file.type.startsWith("video/")) return file.type === "image/svg+xml" ? "text/plain" : null;
  const start = new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer());
  return start.includes(0) ? null : file.type.startsWith("text/") ? file.type : "text/plain";
}
