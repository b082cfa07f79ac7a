import { byId, call, onSend } from "./people.js";

onSend(byId("sign-in"), async (values) => {
  await call("POST", "/auth/sign-in", { login: values.login, password: values.password });
  location.replace("/account");
});

call("GET", "/auth/options").then(
  (options) => (byId("to-register").hidden = !options.set_up_needed && options.registration !== "open" && options.registration !== "domain"),
  () => undefined, // the form itself tells when the server can't be reached
);
