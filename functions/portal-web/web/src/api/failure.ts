// What went wrong with a call, in a form that can be put into words.

import type { Problem } from "./types";

const PREFIX = "urn:unihelper:problem:";

export class Failure extends Error {
  constructor(
    /** Which kind: a word of the API's problem types, or `offline`, `throttled`, `unexpected`. */
    readonly kind: string,
    /** What the API said of it. */
    readonly problem: Problem | undefined,
    /** What to quote to the operators. */
    readonly request: string | undefined,
  ) {
    super(kind);
  }
}

/** The failure of an answer that is not what was asked for. */
export function failureOf(response: Response, body: unknown): Failure {
  const request = response.headers.get("x-request-id") ?? undefined;
  if (isProblem(body)) return new Failure(body.type.slice(PREFIX.length), body, request);
  // The gateway's own answers are no problem documents.
  if (response.status === 429) return new Failure("throttled", undefined, request);
  if (response.status === 503) return new Failure("unavailable", undefined, request);
  return new Failure("unexpected", undefined, request);
}

/** Anything that was thrown. `fetch` throws a `TypeError` when nobody answers. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure(error instanceof TypeError ? "offline" : "unexpected", undefined, undefined);
}

/** Whether somebody else was quicker, so that what is shown is not what is there. */
export function overtaken(error: unknown): boolean {
  const status = asFailure(error).problem?.status;
  return status === 409 || status === 412;
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "type" in body &&
    typeof body.type === "string" &&
    body.type.startsWith(PREFIX)
  );
}
