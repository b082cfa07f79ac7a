// What the pages around an account share: their words, calls of the API, forms.

const words = JSON.parse(document.body.dataset.words);

export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function byId(id) {
  return document.getElementById(id);
}

// What the link carries is taken out of the address bar at once: no history, no screen shot, no Referer keeps it.
export function takeFromAddress(...names) {
  const found = {};
  for (const part of [location.search, location.hash.replace(/^#/, "?")]) {
    const given = new URLSearchParams(part);
    for (const name of names) found[name] = found[name] || given.get(name) || "";
  }
  if (location.search || location.hash) history.replaceState(null, "", location.pathname);
  return found;
}

export class Refused extends Error {
  constructor(code, detail, seconds = "") {
    super(detail || code);
    this.code = code;
    this.told = code in words.errors ? words.errors[code].replace("{seconds}", seconds || "60") : detail || words.errors.unreachable;
  }
}

export async function call(method, path, body) {
  const headers = { accept: "application/json", "x-prosa-csrf": "1" };
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Refused("unreachable");
  }
  const found = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(found?.code ?? "unreachable", found?.detail, answer.headers.get("retry-after"));
  return found;
}

// Runs `action(values)` when the form is sent: one at a time, the failure told where the person looks.
export function onSend(form, action) {
  const bad = form.querySelector(".notice.bad");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell(bad, "");
    const wrong = [...form.elements].find((field) => field.willValidate && !field.checkValidity());
    for (const field of form.elements) if (field.willValidate) field.setAttribute("aria-invalid", String(field === wrong));
    if (wrong) {
      const label = form.querySelector(`label[for="${wrong.id}"]`);
      tell(bad, `${label ? label.textContent : wrong.name}: ${wrong.validationMessage}`);
      wrong.focus();
      return;
    }
    const buttons = [...form.querySelectorAll("button")];
    buttons.forEach((button) => (button.disabled = true));
    try {
      await action(Object.fromEntries(new FormData(form)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tell(bad, error.told);
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  });
}

export function tell(place, text) {
  place.textContent = text;
  place.hidden = !text;
}

export function showKey(text) {
  byId("key-text").value = text;
  const model = document.body.dataset.model || "MODEL";
  const body = `{"model": "${model}", "messages": [{"role": "user", "content": "Olá!"}]}`;
  byId("key-curl").textContent = [
    `curl ${location.origin}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${text}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${body}'`,
  ].join("\n");
  byId("key-box").hidden = false;
  byId("key-text").focus();
  byId("key-text").select();
}

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // plain HTTP from another machine has no clipboard of its own
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.shows) {
    const field = byId(button.dataset.shows);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = say(shown ? "hide" : "show");
  } else if (button?.dataset.copies) {
    await copy(byId(button.dataset.copies));
    button.textContent = say("copied");
  }
});
