import type { admin as form } from "../pt-BR/admin";
import { health } from "./admin/health";
import { keys } from "./admin/keys";
import { models } from "./admin/models";
import { providers } from "./admin/providers";
import { settings } from "./admin/settings";
import { usage } from "./admin/usage";
import { overview } from "./admin/overview";
import { people } from "./admin/people";

export const admin: typeof form = {
  title: "Administration",
  sections: {
    overview: "Overview",
    people: "People",
    keys: "Keys",
    providers: "Providers",
    models: "Models",
    limits: "Limits",
    usage: "Usage",
    health: "Health",
    settings: "Settings",
  },
  origins: {
    default: "Default",
    database: "Set here",
    discovered: "Found on this machine",
    file: "Set in a file",
    environment: "Set in the environment",
  },
  errors: {
    edit_conflict: "Somebody changed this while you were looking at it. See how it is now, and try again.",
    last_admin: "This is the only administrator. Give somebody else that role first.",
    email_taken: "There is an account with this e-mail address already.",
    invalid_email: "This is no e-mail address.",
    name_taken: "There is one of this name already.",
    unknown_model: "No provider has this model.",
    unfit_value: "This value can't be used here.",
    in_use: "This is in use as the default model. Choose another default first.",
    fixed_by_setting: "This is set where prosa is started, and changed there alone.",
    address_not_allowed: "This address is in a private network. Whoever operates the server has to list it in PROSA_PRIVATE_HOSTS.",
    key_needed_again: "The address changed: type the key once more. A key only goes to the address that it was given for.",
    too_many_entries: "There are as many as can be kept already.",
    too_many_trials: "Many tests in a short time. Wait a minute.",
  },
  health,
  keys,
  overview,
  people,
  models,
  providers,
  settings,
  usage,
};
