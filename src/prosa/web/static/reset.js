import { byId, call, onSend, takeFromAddress } from "./people.js";

const { token } = takeFromAddress("token");
byId("resetting").hidden = !token;
byId("requesting").hidden = Boolean(token);

onSend(byId("reset"), async (values) => {
  await call("POST", "/auth/password-reset/confirm", { token, password: values.password });
  byId("reset").reset();
  byId("reset").querySelector(".good").hidden = false;
  byId("reset").querySelector(".main").hidden = true;
});

onSend(byId("request"), async (values) => {
  await call("POST", "/auth/password-reset", { email: values.email });
  byId("request").querySelector(".good").hidden = false;
});

if (!token) {
  call("GET", "/auth/options").then(
    (options) => {
      byId("no-mail").hidden = options.mail;
      byId("request").hidden = byId("request-intro").hidden = !options.mail;
    },
    () => undefined, // the form itself tells when the server can't be reached
  );
}
