// The server's JSON, read without trusting its shape.
export type Word = Readonly<Record<string, unknown>>;

export const isWord = (value: unknown): value is Word => typeof value === "object" && value !== null && !Array.isArray(value);
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const words = (value: unknown): readonly Word[] => (Array.isArray(value) ? value.filter(isWord) : []);
export const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
