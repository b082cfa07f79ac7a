import { byId, call, onSend, Refused, say, showKey, takeFromAddress, tell } from "./people.js";

const given = takeFromAddress("code", "invite");
const form = byId("register");
let password = ""; // for the first key, which asks for it once more; it ends with the page

byId("code").value = given.code;
byId("setup").hidden = !given.code;
byId("invited").hidden = !given.invite;

async function look() {
  const options = await call("GET", "/auth/options");
  byId("setup").hidden = !(given.code || options.set_up_needed);
  if (given.code || given.invite || options.set_up_needed) return;
  if (options.registration === "closed") tell(form.querySelector(".bad"), say("say_closed"));
  if (options.registration === "invite") tell(form.querySelector(".bad"), say("say_invite_only"));
}

onSend(form, async (values) => {
  const asked = { name: values.name, email: values.email, password: values.password, language: document.documentElement.lang };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) asked.time_zone = zone;
  if (values.code.trim()) asked.code = values.code.trim();
  if (given.invite) asked.invite = given.invite;
  await call("POST", "/auth/register", asked);
  try {
    await call("POST", "/auth/sign-in", { login: values.email, password: values.password });
  } catch (error) {
    throw error.code === "sign_in_failed" ? new Refused("registered_before") : error;
  }
  password = values.password;
  form.reset();
  byId("registering").hidden = true;
  byId("welcome").hidden = false;
  byId("welcome-title").focus();
});

onSend(byId("first-key"), async (values) => {
  const key = await call("POST", "/keys", { name: values.name, scopes: ["read", "write"], current_password: password });
  password = "";
  byId("first-key").hidden = true;
  showKey(key.key);
});

look().catch((error) => tell(form.querySelector(".bad"), error.told));
