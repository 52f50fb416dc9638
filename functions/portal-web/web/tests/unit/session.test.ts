import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { challenge, secret } from "../../src/session/pkce";
import { Session } from "../../src/session/session";
import { subjectOf } from "../../src/session/tokens";

const SETTINGS = { signIn: "https://sign-in.example.dk", client: "client-1" };
const jwt = (subject: string, id: string) => `h.${btoa(JSON.stringify({ sub: subject, id }))}.s`;

/** What the browser has and Node has not, and the answers of the sign-in. */
function browser() {
  const stored = new Map<string, string>();
  const left: string[] = [];
  const calls: { url: string; body: URLSearchParams }[] = [];
  const answers: (() => Response)[] = [];
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  vi.stubGlobal("location", {
    origin: "https://portal.example.dk",
    assign: (url: string) => void left.push(url),
  });
  vi.stubGlobal("fetch", async (url: string, init: { body: URLSearchParams }) => {
    calls.push({ url, body: init.body });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("nobody answers");
    return answer();
  });
  const grant = (subject: string, id: string, seconds = 3600) =>
    answers.push(() =>
      Response.json({
        access_token: jwt(subject, id),
        refresh_token: `refresh-${id}`,
        expires_in: seconds,
      }),
    );
  const refuse = () =>
    answers.push(() => Response.json({ error: "invalid_grant" }, { status: 400 }));
  return { stored, left, calls, grant, refuse };
}

async function signIn(at: ReturnType<typeof browser>, subject = "ada", seconds = 3600) {
  const session = new Session(SETTINGS);
  sessions.push(session);
  await session.leave("/portal/audit");
  const state = new URL(at.left.at(-1) ?? "").searchParams.get("state");
  at.grant(subject, "1", seconds);
  return { session, came: await session.comeBack(`?code=c1&state=${state}`) };
}

let sessions: Session[] = [];
let at: ReturnType<typeof browser>;
beforeEach(() => {
  at = browser();
});
afterEach(() => {
  for (const session of sessions)
    (session as unknown as { channel: BroadcastChannel }).channel.close();
  sessions = [];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("p2_pkce", () => {
  test("makes the challenge of RFC 7636, appendix B", async () => {
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    expect(await challenge(verifier)).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  });

  test("makes verifiers that are long enough, may stand in a URL and never repeat", () => {
    const many = new Set(Array.from({ length: 200 }, secret));
    expect(many.size).toBe(200);
    for (const one of many) expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe("p2_session", () => {
  test("asks for a code with a challenge, keeps no token, and goes back to where it began", async () => {
    const { session, came } = await signIn(at);
    const url = new URL(at.left[0] ?? "");
    expect(url.origin + url.pathname).toBe("https://sign-in.example.dk/oauth2/authorize");
    const asked = Object.fromEntries(url.searchParams);
    expect(asked).toMatchObject({
      response_type: "code",
      client_id: "client-1",
      redirect_uri: "https://portal.example.dk/portal/signed-in",
      code_challenge_method: "S256",
    });
    const verifier = at.calls[0]?.body.get("code_verifier") ?? "";
    expect(asked.code_challenge).toBe(await challenge(verifier));
    expect(came).toEqual({ kind: "done", back: "/portal/audit" });
    expect(await session.token()).toBe(jwt("ada", "1"));
    const kept = JSON.stringify([...at.stored]);
    for (const word of [jwt("ada", "1"), "refresh-1", verifier, "c1"])
      expect(kept).not.toContain(word);
  });

  test("refuses an answer whose state is another's, and one that comes twice", async () => {
    const session = new Session(SETTINGS);
    sessions.push(session);
    await session.leave("/portal");
    expect(await session.comeBack("?code=c1&state=wrong")).toEqual({
      kind: "refused",
      reason: "state",
    });
    const state = new URL(at.left[0] ?? "").searchParams.get("state");
    expect(await session.comeBack(`?code=c1&state=${state}`)).toEqual({
      kind: "refused",
      reason: "state",
    });
    expect(at.calls).toEqual([]);
  });

  test("says that the sign-in was refused", async () => {
    const session = new Session(SETTINGS);
    sessions.push(session);
    for (const [query, reason] of [
      ["error=access_denied", "denied"],
      ["code=used", "code"],
    ] as const) {
      await session.leave("/portal");
      const state = new URL(at.left.at(-1) ?? "").searchParams.get("state");
      at.refuse();
      expect(await session.comeBack(`?${query}&state=${state}`)).toEqual({
        kind: "refused",
        reason,
      });
    }
  });

  test("renews a token before it ends, once for all calls that wait", async () => {
    const { session } = await signIn(at, "ada", 30);
    at.grant("ada", "2");
    expect(await Promise.all([session.token(), session.token()])).toEqual([
      jwt("ada", "2"),
      jwt("ada", "2"),
    ]);
    expect(at.calls.map((call) => call.body.get("grant_type"))).toEqual([
      "authorization_code",
      "refresh_token",
    ]);
    // A call whose token was refused meanwhile takes the new one.
    expect(await session.instead(jwt("ada", "1"))).toBe(jwt("ada", "2"));
    expect(at.calls).toHaveLength(2);
  });

  test("waits when it has ended, and goes on with the tokens of the second window", async () => {
    const { session } = await signIn(at, "ada", 30);
    at.refuse();
    const call = session.token();
    await vi.waitFor(() => expect(session.state).toBe("expired"));
    const later = session.token();
    const second = new Session(SETTINGS);
    sessions.push(second);
    await second.leave("/portal", true);
    const state = new URL(at.left.at(-1) ?? "").searchParams.get("state");
    at.grant("ada", "3");
    expect(await second.comeBack(`?code=c&state=${state}`)).toEqual({ kind: "handed-over" });
    expect(await Promise.all([call, later])).toEqual([jwt("ada", "3"), jwt("ada", "3")]);
    expect([session.state, second.state]).toEqual(["in", "out"]);
  });

  test("takes nobody else's tokens: what is on the page is not theirs", async () => {
    const { session } = await signIn(at, "ada", 30);
    at.refuse();
    void session.token();
    await vi.waitFor(() => expect(session.state).toBe("expired"));
    const second = new Session(SETTINGS);
    sessions.push(second);
    await second.leave("/portal", true);
    const state = new URL(at.left.at(-1) ?? "").searchParams.get("state");
    at.grant("eve", "3");
    await second.comeBack(`?code=c&state=${state}`);
    await vi.waitFor(() => expect(at.left.at(-1)).toBe("/portal"));
    expect(session.state).toBe("expired");
  });

  test("does not end because the network does", async () => {
    const { session } = await signIn(at, "ada", 30);
    await expect(session.token()).rejects.toThrow(TypeError);
    expect(session.state).toBe("in");
    at.grant("ada", "2");
    expect(await session.token()).toBe(jwt("ada", "2"));
  });

  test("signs out everywhere: revoked, forgotten, told to other windows, ended at the sign-in", async () => {
    const { session } = await signIn(at);
    const other = (await signIn(at)).session;
    at.grant("-", "-");
    await session.signOut();
    expect(at.calls.at(-1)?.url).toBe("https://sign-in.example.dk/oauth2/revoke");
    expect(at.calls.at(-1)?.body.get("token")).toBe("refresh-1");
    const logout =
      at.left.find((url) => url.startsWith("https://sign-in.example.dk/logout?")) ?? "";
    const back = new URL(logout).searchParams.get("logout_uri");
    expect(back).toBe("https://portal.example.dk/portal/signed-out");
    expect(session.state).toBe("out");
    await vi.waitFor(() => expect(other.state).toBe("out"));
    expect(session.wasSignedIn()).toBe(false);
  });

  test("reads who it is about from a token and trusts no odd one", () => {
    expect(subjectOf(jwt("ada", "1"))).toBe("ada");
    for (const odd of ["", "a.b.c", "x", `h.${btoa("{}")}.s`]) expect(subjectOf(odd)).toBe("");
  });
});
