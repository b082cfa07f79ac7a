import type { components } from "@/api/schema";
import type { Messages } from "@/i18n";
import { refusal } from "@/i18n/refusals";

type Problem = components["schemas"]["Problem"];

/** What the server answered instead of what was asked for. `status` 0: it wasn't reached. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly param: string | null;
  readonly detail: string;
  readonly errors: NonNullable<Problem["errors"]>;
  readonly requestId: string | null;
  /** Seconds to wait, where the server says so. */
  readonly retryAfter: number | null;

  constructor(status: number, problem: Partial<Problem>, retryAfter: number | null = null) {
    super(problem.detail ?? problem.code ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? (status === 0 ? "unreachable" : "unknown");
    this.param = problem.param ?? null;
    this.detail = problem.detail ?? "";
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id ?? null;
    this.retryAfter = retryAfter;
  }
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

/** The error in a sentence for the person, in their language; the server's own words where ours know nothing better. */
export function explain(error: unknown, words: Messages): string {
  if (!(error instanceof ApiError)) return words.errors.unknown;
  if (error.code === "rate_limited" || error.status === 429) return words.errors.rate_limited(error.retryAfter ?? 60);
  const known = Object.hasOwn(words.errors.codes, error.code) ? (words.errors.codes as Record<string, string | undefined>)[error.code] : undefined;
  return known ?? refusal(error.code) ?? (error.detail || words.errors.unknown);
}
