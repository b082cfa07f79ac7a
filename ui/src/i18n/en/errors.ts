import type { errors as form } from "../pt-BR/errors";

export const errors: typeof form = {
  unknown: "Something went wrong. Try again.",
  heading: "It could not be loaded",
  rate_limited: (seconds: number) => `Too many tries. Try again in ${seconds} s.`,
  codes: {
    unreachable: "The server can't be reached.",
    not_signed_in: "Your session has ended. Sign in again.",
    permission_denied: "You may not do this.",
    not_found: "It is not there any more, or it isn't yours.",
    changed_meanwhile: "This was changed elsewhere. Look at how it is now, and try again.",
    database_unavailable: "The database doesn't answer. Try again in a moment.",
  },
};
