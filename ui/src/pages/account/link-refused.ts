/** Why a sign-in link from another system led here instead of into the app; the server names no other reasons. */
const REASONS = ["link_invalid", "too_many_sign_ins", "insecure_connection"] as const;

export type LinkRefused = (typeof REASONS)[number];

/** The reason in an address's `?error=`; nothing for a text that is none of them, whoever wrote it there. */
export function linkRefused(search: Record<string, unknown>): { error?: LinkRefused } {
  const error = REASONS.find((reason) => reason === search["error"]);
  return error === undefined ? {} : { error };
}
