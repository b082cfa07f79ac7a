const DAY = 86_400_000;

/** The moment at which a key ends: in so many days, at the end of a day, or never (null). A day that is over is null too. */
export function expiryOf(choice: string, day: string, now: number = Date.now()): string | null {
  if (choice === "") return null;
  if (choice !== "day") return new Date(now + Number(choice) * DAY).toISOString();
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined || Number.isNaN(year + month + date)) return null;
  const end = new Date(year, month - 1, date, 23, 59, 59);
  return end.getTime() > now ? end.toISOString() : null;
}

/** Names that were typed with commas, spaces or lines between them; null for none. */
export function listOf(text: string): string[] | null {
  const names = text.split(/[\s,;]+/).filter((each) => each !== "");
  return names.length === 0 ? null : [...new Set(names)];
}

/** A call that works as it stands, for a terminal. */
export function curlOf(base: string, key: string, model: string | null): string {
  const body = JSON.stringify({ ...(model !== null && { model }), messages: [{ role: "user", content: "Olá!" }] });
  return [`curl ${base}/v1/chat/completions \\`, `  -H "Authorization: Bearer ${key}" \\`, `  -H "Content-Type: application/json" \\`, `  -d '${body.replaceAll("'", "'\\''")}'`].join("\n");
}

/** The same with OpenAI's library for Python. */
export function pythonOf(base: string, key: string, model: string | null): string {
  return [
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${JSON.stringify(`${base}/v1`)}, api_key=${JSON.stringify(key)})`,
    "answer = client.chat.completions.create(",
    `    model=${JSON.stringify(model ?? "mock")},`,
    '    messages=[{"role": "user", "content": "Olá!"}],',
    ")",
    "print(answer.choices[0].message.content)",
  ].join("\n");
}
