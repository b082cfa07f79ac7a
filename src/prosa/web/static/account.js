import { byId, call, onSend, say, showKey, tell } from "./people.js";

const language = document.documentElement.lang;
const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

function moment(text) {
  return text ? moments.format(new Date(text)) : say("say_never_used");
}

// Every list begins anew after a change: what is shown is what the server holds.
async function fill(name, path, row) {
  const list = byId(name);
  const more = byId(`more-${name}`);
  list.replaceChildren();
  async function page(cursor) {
    const found = await call("GET", `${path}?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    list.append(...found.data.map(row));
    more.hidden = !found.next_cursor;
    more.onclick = () => attempt(() => page(found.next_cursor));
  }
  await page("");
}

function item(title, told, button) {
  const row = document.createElement("li");
  const text = document.createElement("div");
  const small = document.createElement("small");
  text.append(title, small);
  small.textContent = told;
  row.append(text, ...(button ? [button] : []));
  return row;
}

function button(text, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain";
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
}

function keyRow(key) {
  let told = say("say_key_line", { scopes: key.scopes.join(", "), made: moment(key.created_at), used: moment(key.last_used_at) });
  if (key.expires_at) told += ` · ${say("say_expires", { moment: moment(key.expires_at) })}`;
  return item(key.name, told, button(say("revoke"), () => revoke(key)));
}

// "Firefox · Linux" where the browser's long name tells so much, else that name.
function browserName(agent) {
  const browser = [["Edg", "Edge"], ["OPR", "Opera"], ["Firefox"], ["Chrome"], ["Safari"]].find(([sign]) => agent.includes(`${sign}/`));
  const system = [["Android"], ["iPhone"], ["iPad"], ["Windows"], ["Mac OS X", "macOS"], ["Linux"]].find(([sign]) => agent.includes(sign));
  return browser && system ? `${browser.at(-1)} · ${system.at(-1)}` : agent || "–";
}

function sessionRow(session) {
  const title = browserName(session.agent);
  const told = say("say_session_line", { address: session.address || "–", used: moment(session.last_used_at) });
  const end = button(say("end_session"), () => attempt(async () => {
    await call("DELETE", `/sessions/${session.id}`);
    await showSessions();
  }));
  return item(title, session.current ? `${told} · ${say("this_session")}` : told, session.current ? null : end);
}

async function showKeys() {
  await fill("keys", "/keys", keyRow);
  byId("no-keys").hidden = byId("keys").childElementCount > 0;
}

async function showSessions() {
  await fill("sessions", "/sessions", sessionRow);
}

async function attempt(action) {
  tell(byId("trouble"), "");
  try {
    await action();
  } catch (error) {
    if (error.code === "missing_api_key" || error.code === "invalid_api_key") location.replace("/sign-in");
    else tell(byId("trouble"), error.told ?? String(error));
  }
}

let confirmed = async () => undefined;

function revoke(key) {
  byId("confirm").reset();
  byId("confirm-text").textContent = say("say_revoke", { name: key.name });
  confirmed = (current_password) => call("DELETE", `/keys/${key.id}`, { current_password });
  byId("confirming").showModal();
}

onSend(byId("confirm"), async (values) => {
  await confirmed(values.current_password);
  byId("confirming").close();
  await showKeys();
});
byId("cancel").addEventListener("click", () => byId("confirming").close());

onSend(byId("create-key"), async (values) => {
  const asked = { name: values.name, current_password: values.current_password };
  asked.scopes = new FormData(byId("create-key")).getAll("scopes");
  if (values.expires) asked.expires_at = new Date(Date.now() + Number(values.expires) * 86400000).toISOString();
  const key = await call("POST", "/keys", asked);
  byId("create-key").reset();
  byId("new-key").open = false;
  await showKeys();
  showKey(key.key);
});

onSend(byId("change-password"), async (values) => {
  await call("POST", "/me/password", values);
  byId("change-password").reset();
  byId("change-password").querySelector(".good").hidden = false;
  await showSessions();
});

async function leave(path) {
  await attempt(async () => {
    await call("POST", path);
    location.replace("/sign-in");
  });
}
byId("sign-out").addEventListener("click", () => leave("/auth/sign-out"));
byId("sign-out-everywhere").addEventListener("click", () => leave("/auth/sign-out-everywhere"));

attempt(async () => {
  const me = await call("GET", "/me");
  byId("who").textContent = me.name === me.email ? me.email : `${me.name} · ${me.email}`;
  byId("role").textContent = me.role;
  for (const field of document.querySelectorAll("input.username")) field.value = me.email;
  byId("admin-scope").hidden = me.role !== "admin";
  for (const id of ["profile", "key-section", "session-section", "password-section"]) byId(id).hidden = false;
  await Promise.all([showKeys(), showSessions()]);
});
