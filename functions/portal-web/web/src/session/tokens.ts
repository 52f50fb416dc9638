// What the sign-in hands out, and the two calls by which it does.

export interface Settings {
  /** Origin of the hosted sign-in. */
  signIn: string;
  /** The portal's client there. */
  client: string;
}

export interface Tokens {
  access: string;
  refresh: string;
  /** Who signed in, as the sign-in names them. */
  subject: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** The sign-in refused: a code that was used, a refresh token that is too old or was revoked. */
export class SignInRefused extends Error {}

interface Answer {
  access_token: string;
  refresh_token?: string;
  expires_in: number;
}

export async function exchange(
  settings: Settings,
  code: string,
  verifier: string,
  returnTo: string,
): Promise<Tokens> {
  return ask(settings, "", {
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: returnTo,
  });
}

export async function refresh(settings: Settings, tokens: Tokens): Promise<Tokens> {
  return ask(settings, tokens.refresh, {
    grant_type: "refresh_token",
    refresh_token: tokens.refresh,
  });
}

/** Makes a refresh token worthless. */
export async function revoke(settings: Settings, token: string): Promise<void> {
  const body = new URLSearchParams({ token, client_id: settings.client });
  await fetch(`${settings.signIn}/oauth2/revoke`, { method: "POST", body, keepalive: true });
}

async function ask(
  settings: Settings,
  refreshToken: string,
  fields: Record<string, string>,
): Promise<Tokens> {
  const body = new URLSearchParams({ ...fields, client_id: settings.client });
  const asked = Date.now();
  const answer = await fetch(`${settings.signIn}/oauth2/token`, { method: "POST", body });
  if (answer.status >= 400 && answer.status < 500) throw new SignInRefused();
  if (!answer.ok) throw new TypeError(`the sign-in answered ${answer.status}`);
  const given: Answer = await answer.json();
  return {
    access: given.access_token,
    refresh: given.refresh_token ?? refreshToken,
    subject: subjectOf(given.access_token),
    expiresAt: asked + given.expires_in * 1000,
  };
}

/** The `sub` of a token. It is compared with another's, never trusted: the API checks tokens. */
export function subjectOf(token: string): string {
  try {
    const claims = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const subject: unknown = JSON.parse(atob(claims)).sub;
    return typeof subject === "string" ? subject : "";
  } catch {
    return "";
  }
}
