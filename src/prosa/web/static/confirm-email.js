import { byId, call, onSend, say, takeFromAddress, tell } from "./people.js";

const { token } = takeFromAddress("token");
const form = byId("confirm-email");

if (!token) {
  tell(form.querySelector(".bad"), say("no_token"));
  form.querySelector(".main").hidden = true;
}

onSend(form, async () => {
  await call("POST", "/auth/email/confirm", { token });
  form.querySelector(".good").hidden = false;
  form.querySelector(".main").hidden = true;
});
