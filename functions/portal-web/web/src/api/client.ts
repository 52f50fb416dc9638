// The API, typed by its document. Every call carries a token, and an operator's reason.

import createClient, { type Client } from "openapi-fetch";
import type { Session } from "../session/session";
import { failureOf } from "./failure";
import type { paths } from "./schema";

export type Api = Client<paths>;

/** Why an operator looks at personal data; kept until the page is closed. */
export const reason = { text: "" };

export function connect(session: Pick<Session, "token" | "instead">): Api {
  const send = async (request: Request): Promise<Response> => {
    if (reason.text !== "") request.headers.set("X-Reason", headerText(reason.text));
    const token = await session.token();
    const again = request.clone();
    const answer = await withToken(request, token);
    if (answer.status !== 401) return answer;
    return withToken(again, await session.instead(token));
  };
  return createClient<paths>({ baseUrl: location.origin, fetch: send });
}

/** What was asked for, or a thrown `Failure`. */
export async function ok<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (data === undefined) throw failureOf(response, error);
  return data;
}

/** The same for what is asked again and again: `undefined` while it is as the tag says. */
export async function ifChanged<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<{ data: T; tag: string | undefined } | undefined> {
  const { data, error, response } = await call;
  if (response.status === 304) return undefined;
  if (data === undefined) throw failureOf(response, error);
  return { data, tag: response.headers.get("etag") ?? undefined };
}

function withToken(request: Request, token: string): Promise<Response> {
  request.headers.set("Authorization", `Bearer ${token}`);
  return fetch(request);
}

/** A header's value is bytes to a browser; the API reads them as UTF-8. */
export function headerText(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
