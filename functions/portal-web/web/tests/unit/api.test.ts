import { afterEach, describe, expect, test, vi } from "vitest";
import { connect, headerText, ifChanged, ok, reason } from "../../src/api/client";
import { asFailure, Failure } from "../../src/api/failure";

afterEach(() => {
  reason.text = "";
  vi.unstubAllGlobals();
});

function api(answers: Response[]) {
  const sent: { token: string | null; reason: string | null; body: string }[] = [];
  vi.stubGlobal("location", { origin: "https://portal.example.dk" });
  vi.stubGlobal("fetch", async (request: Request) => {
    const { headers } = request;
    const body = await request.text();
    sent.push({ token: headers.get("authorization"), reason: headers.get("x-reason"), body });
    return answers.shift() ?? new Response(null, { status: 500 });
  });
  const session = {
    token: async () => "first",
    instead: async (refused: string) => `not-${refused}`,
  };
  return { api: connect(session), sent };
}

describe("p1_calls", () => {
  test("whose token is refused go out once more, whole, with another one", async () => {
    const answers = [new Response(null, { status: 401 }), Response.json({ notice: 1 })];
    const { api: client, sent } = api(answers);
    const params = { path: { entry: "sub" } };
    await ok(
      client.POST("/api/subprocessors/{entry}/objection", { params, body: { reason: "why" } }),
    );
    expect(sent.map((one) => one.token)).toEqual(["Bearer first", "Bearer not-first"]);
    expect(sent.map((one) => one.body)).toEqual(['{"reason":"why"}', '{"reason":"why"}']);
  });

  test("carry an operator's reason, in bytes that the API reads as UTF-8", async () => {
    reason.text = "Sag 2026-417 – indsigt på vej";
    const { api: client, sent } = api([Response.json({ items: [] })]);
    await ok(client.GET("/api/cohorts"));
    const bytes = Uint8Array.from(sent[0]?.reason ?? "", (letter) => letter.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe("Sag 2026-417 – indsigt på vej");
    expect(headerText("abc")).toBe("abc");
  });

  test("end in a failure that says what kind it is", async () => {
    const problem = {
      type: "urn:unihelper:problem:not-found",
      title: "t",
      detail: "d",
      status: 404,
    };
    const { api: client } = api([Response.json(problem, { status: 404 })]);
    const params = { path: { cohort: "coh_1" } };
    const failed = ok(client.GET("/api/cohorts/{cohort}", { params })).catch(asFailure);
    expect(await failed).toMatchObject({ kind: "not-found" });
    expect(asFailure(new TypeError("failed to fetch")).kind).toBe("offline");
    expect(asFailure(new Error("?")).kind).toBe("unexpected");
    expect(asFailure(new Failure("busy", undefined, "r")).request).toBe("r");
  });

  test("that ask again get nothing while nothing changed", async () => {
    const { api: client } = api([
      Response.json({ id: "coh_1" }, { headers: { etag: '"1"' } }),
      new Response(null, { status: 304 }),
    ]);
    const params = { path: { cohort: "coh_1" } };
    const call = () => ifChanged(client.GET("/api/cohorts/{cohort}", { params }));
    expect(await call()).toEqual({ data: { id: "coh_1" }, tag: '"1"' });
    expect(await call()).toBeUndefined();
  });
});
