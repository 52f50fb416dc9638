// Who is signed in. Tokens live in this page's memory and nowhere else: what is stored in the browser while
// somebody is away at the sign-in is a verifier and a state, both of no use afterwards.
//
// A session that ends while somebody works ends nothing here: calls wait, the page stays as it is, the person
// signs in again in a second window, which hands the new tokens over (BroadcastChannel, same origin only) and
// closes itself; then the calls go on.

import { challenge, secret } from "./pkce";
import { exchange, refresh, revoke, type Settings, SignInRefused, type Tokens } from "./tokens";

export const BASE = "/portal";
const PENDING = "unihelper.sign-in";
const RETURNING = "unihelper.signed-in";
const CHANNEL = "unihelper.session";
const SCOPES = "openid email unihelper/portal";
/** A token that ends this soon is renewed before it is used. */
const MARGIN = 60_000;

export type State = "out" | "in" | "expired";

interface Pending {
  state: string;
  verifier: string;
  /** Where to go afterwards. */
  back: string;
  /** In a second window, for the one that waits. */
  again: boolean;
}

export type Return =
  | { kind: "done"; back: string }
  | { kind: "handed-over" }
  | { kind: "refused"; reason: "state" | "code" | "denied" };

type Note = { kind: "tokens"; tokens: Tokens } | { kind: "signed-out" };

export class Session {
  state: State = "out";
  private tokens: Tokens | undefined;
  private renewal: Promise<string> | undefined;
  private waiting: Array<(token: string) => void> = [];
  private readonly listeners = new Set<() => void>();
  private readonly channel = new BroadcastChannel(CHANNEL);

  constructor(private readonly settings: Settings) {
    this.channel.onmessage = ({ data }: MessageEvent<Note>) => this.hear(data);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether this tab was signed in before it was loaded again: the sign-in then asks for nothing. */
  wasSignedIn(): boolean {
    return sessionStorage.getItem(RETURNING) !== null;
  }

  /** Leaves for the hosted sign-in. */
  async leave(back: string, again = false): Promise<void> {
    const pending: Pending = { state: secret(), verifier: secret(), back, again };
    sessionStorage.setItem(PENDING, JSON.stringify(pending));
    const query = new URLSearchParams({
      response_type: "code",
      client_id: this.settings.client,
      redirect_uri: returnTo(),
      scope: SCOPES,
      state: pending.state,
      code_challenge: await challenge(pending.verifier),
      code_challenge_method: "S256",
    });
    location.assign(`${this.settings.signIn}/oauth2/authorize?${query}`);
  }

  /** Comes back from it. The pending sign-in is used up first, so that nothing can be played twice. */
  async comeBack(search: string): Promise<Return> {
    const stored = sessionStorage.getItem(PENDING);
    sessionStorage.removeItem(PENDING);
    const answer = new URLSearchParams(search);
    const pending: Pending | null = stored === null ? null : JSON.parse(stored);
    if (pending === null || answer.get("state") !== pending.state) {
      return { kind: "refused", reason: "state" };
    }
    const code = answer.get("code");
    if (code === null) return { kind: "refused", reason: "denied" };
    try {
      const tokens = await exchange(this.settings, code, pending.verifier, returnTo());
      if (pending.again) {
        this.channel.postMessage({ kind: "tokens", tokens } satisfies Note);
        return { kind: "handed-over" };
      }
      this.take(tokens);
      return { kind: "done", back: pending.back };
    } catch (error) {
      if (error instanceof SignInRefused) return { kind: "refused", reason: "code" };
      throw error;
    }
  }

  /** A token that is good for a while. Waits for the person when the session has ended. */
  token(): Promise<string> {
    const { tokens } = this;
    if (tokens !== undefined && this.state === "in" && tokens.expiresAt - MARGIN > Date.now()) {
      return Promise.resolve(tokens.access);
    }
    return this.renew();
  }

  /** The API refused a token: another one, unless there is another one already. */
  async instead(refused: string): Promise<string> {
    if (this.tokens !== undefined && this.tokens.access !== refused && this.state === "in") {
      return this.tokens.access;
    }
    return this.renew();
  }

  async signOut(): Promise<void> {
    const token = this.tokens?.refresh;
    this.forget();
    this.channel.postMessage({ kind: "signed-out" } satisfies Note);
    if (token !== undefined) await revoke(this.settings, token).catch(() => undefined);
    const query = new URLSearchParams({
      client_id: this.settings.client,
      logout_uri: `${location.origin}${BASE}/signed-out`,
    });
    location.assign(`${this.settings.signIn}/logout?${query}`);
  }

  private renew(): Promise<string> {
    if (this.tokens === undefined || this.state === "expired") return this.wait();
    const known = this.tokens;
    this.renewal ??= refresh(this.settings, known)
      .then((tokens) => {
        this.take(tokens);
        return tokens.access;
      })
      .catch((error: unknown) => {
        if (error instanceof SignInRefused) return this.wait();
        throw error;
      })
      .finally(() => {
        this.renewal = undefined;
      });
    return this.renewal;
  }

  private wait(): Promise<string> {
    this.change("expired");
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private hear(note: Note): void {
    if (note.kind === "signed-out") {
      if (this.state === "out") return;
      this.forget();
      location.assign(`${BASE}/signed-out`);
    } else if (this.state === "expired") {
      // What is on the page belongs to the one who was signed in.
      if (this.tokens?.subject === note.tokens.subject) this.take(note.tokens);
      else location.assign(BASE);
    }
  }

  private take(tokens: Tokens): void {
    this.tokens = tokens;
    sessionStorage.setItem(RETURNING, "yes");
    this.change("in");
    for (const resolve of this.waiting.splice(0)) resolve(tokens.access);
  }

  private forget(): void {
    this.tokens = undefined;
    sessionStorage.removeItem(RETURNING);
    this.change("out");
  }

  private change(state: State): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function returnTo(): string {
  return `${location.origin}${BASE}/signed-in`;
}
