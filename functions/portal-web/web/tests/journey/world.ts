// The portal as it was built, under the policy and at the addresses of the function that serves it, with an API and
// a sign-in that play the sample institution. Nothing else is reached; what is asked of others is noted.

import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test as base, type Page } from "@playwright/test";
import policy from "../../policy.json" with { type: "json" };
import routes from "../../routes.json" with { type: "json" };
import type { components } from "../../src/api/schema";
import * as sample from "./sample";
import * as evaluations from "./sample-evaluation";
import * as plans from "./sample-plan";
import * as rosters from "./sample-roster";
import { Duties } from "./world-duties";

type Problem = components["schemas"]["Problem"];
export type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

export class World {
  origin = "";
  signIn = "";
  role: components["schemas"]["Role"] = "coordinator";
  empty = false;
  /** The sign-in takes no refresh token and the API no token of before. */
  expired = false;
  /** Problems by `METHOD path`, answered once. */
  problems = new Map<string, { status: number; kind: string; more?: Partial<Problem> }>();
  calls: Call[] = [];
  state: "awaiting" | "published" = "awaiting";
  /** The plan of rounds that the formation is of, if it is of one. */
  plan: components["schemas"]["Plan"] | undefined;
  /** Who has come and left since groups were published. */
  need = { joined: 0, left: 0 };
  retention: components["schemas"]["Retention"] = sample.retention;
  settings = sample.settings;
  board: components["schemas"]["Board"] = { version: 0, editable: true, locked: [], pinned: [] };
  groups = sample.groups;
  roster = rosters.roster;
  people = rosters.people;
  evaluation = evaluations.results;
  asking = evaluations.asking;
  timeline = rosters.timeline;
  /** What could not be used, and what its next runs answer. */
  quarantine: components["schemas"]["Quarantined"][] = [];
  runs: components["schemas"]["Reprocessed"][] = [];
  mailing = sample.draft;
  readonly duties = new Duties(this);
  /** The mails of what was sent. */
  mails = sample.mailingMails;
  /** Another deadline than the sample's. */
  deadline: string | undefined;
  private issued = 0;
  private oldest = 0;
  private readonly servers: Server[] = [];

  async start(): Promise<void> {
    this.origin = await this.listen((request, response) => this.portal(request, response));
    this.signIn = await this.listen((request, response) => this.hosted(request, response));
  }

  stop(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  expire(): void {
    this.expired = true;
    this.oldest = this.issued + 1;
  }

  asked(method: string, path: string): Call[] {
    return this.calls.filter((call) => call.method === method && call.path === path);
  }

  private async listen(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const server = createServer(answer);
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  private async portal(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    if (url.pathname.startsWith("/api/")) return this.api(request, response, url);
    const path = url.pathname.slice("/portal".length);
    if (path === "/config.json") {
      return json(response, { body: { signIn: this.signIn, client: "portal" } });
    }
    const file = FILES.get(path.slice(1));
    if (file !== undefined && path !== "/index.html") {
      const kind = KINDS[path.split(".").at(-1) ?? ""] ?? "";
      response.writeHead(200, { "content-type": kind, "x-content-type-options": "nosniff" });
      return void response.end(file);
    }
    if (!routes.some((route) => matches(route, path))) return void response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; ").replace("{sign-in}", this.signIn),
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
    });
    response.end(FILES.get("index.html"));
  }

  /** The hosted sign-in: who comes is signed in. */
  private async hosted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.signIn);
    const redirect = (to: string) => void response.writeHead(302, { location: to }).end();
    if (url.pathname === "/oauth2/authorize") {
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", url.searchParams.get("code_challenge") ?? "");
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      return redirect(back.href);
    }
    if (url.pathname === "/logout") return redirect(url.searchParams.get("logout_uri") ?? "");
    const cors = { "access-control-allow-origin": this.origin };
    const fields = new URLSearchParams(await read(request));
    if (url.pathname === "/oauth2/revoke") return json(response, { body: {}, headers: cors });
    if (fields.get("grant_type") === "refresh_token" && this.expired) {
      return json(response, { status: 400, body: { error: "invalid_grant" }, headers: cors });
    }
    this.issued += 1;
    const claims = Buffer.from(JSON.stringify({ sub: "karen" })).toString("base64url");
    const body = {
      access_token: `${this.issued}.${claims}.s`,
      refresh_token: "refresh",
      expires_in: 3600,
    };
    return json(response, { body, headers: cors });
  }

  private async api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { method = "", headers } = request;
    const { pathname: path, searchParams: query } = url;
    this.calls.push({ method, path, query, headers, body: await read(request) });
    const token = Number(headers.authorization?.replace("Bearer ", "").split(".")[0]);
    if (!(token >= this.oldest)) return json(response, problem(401, "unauthenticated"));
    const wrong = this.problems.get(`${method} ${path}`);
    if (wrong !== undefined) {
      this.problems.delete(`${method} ${path}`);
      return json(response, problem(wrong.status, wrong.kind, wrong.more));
    }
    const answer = this.answers(method, path, query, this.calls.at(-1)?.body ?? "");
    return json(response, answer ?? problem(404, "not-found"));
  }

  /** The plan, its rounds that wait, and the publication of the next. */
  private planned(
    method: string,
    path: string,
    formation: (id: string) => string,
  ): Answer | undefined {
    const { plan } = this;
    if (plan === undefined) return undefined;
    const [first] = sample.formations;
    for (const { round, formation: id } of plan.rounds) {
      const at = formation(id);
      if (path === `${at}/plan`) return { body: plan };
      if (path === `${at}/meetings`) {
        const none = { rounds: round - 1, count: 0, items: [] };
        return { body: round === 3 ? plans.meetings : none };
      }
      if (method === "POST" && path === `${at}/publish`) {
        const rounds = plan.rounds.map((one) =>
          one.formation === id ? { ...one, state: "under_way" as const } : one,
        );
        this.plan = { ...plan, version: plan.version + 1, joined: 0, left: 0, rounds };
        return { status: 202, body: { formation: sample.PUBLISHED, started: true } };
      }
      if (round === 1 || first === undefined) continue;
      const { decision: _, ...like } = first;
      const one = { ...like, id, kind: "rotation" as const, plan: plans.place(round) };
      if (path === at) return { body: sample.formation({ ...one, status: "planned" }) };
      if (path === `${at}/groups`) return { body: { items: this.groups } };
    }
    // While it is made there are no rounds yet.
    return path === `${formation(plan.plan)}/plan` ? { body: plan } : undefined;
  }

  private versioned(): Answer {
    return { body: this.settings, headers: { etag: `"${this.settings.version}"` } };
  }

  private written(body: string): components["schemas"]["Mailing"] {
    const told = JSON.parse(body);
    const version = this.mailing.version + 1;
    const { plan, missed, ...mailing } = this.mailing;
    const subject = told.texts.da.subject;
    this.mailing = { ...mailing, ...told, status: "draft", version, subject };
    return this.mailing;
  }

  /** The mailing as a step leaves it, with the next version. */
  private stepped(
    status: components["schemas"]["MailingStatus"],
    more: Partial<components["schemas"]["Mailing"]> = {},
  ): Answer {
    const { plan, missed, ...mailing } = this.mailing;
    this.mailing = { ...mailing, ...more, status, version: mailing.version + 1 };
    return { body: this.mailing };
  }

  private mailings(
    method: string,
    path: string,
    cohort: string,
    query: URLSearchParams,
    body: string,
  ): Answer | undefined {
    const draft = `${cohort}/mailings/${sample.DRAFT}`;
    const etag = { etag: `"${this.mailing.version}"` };
    const mails = ["draft", "planned"].includes(this.mailing.status) ? [] : this.mails;
    switch (`${method} ${path}`) {
      case `GET ${draft}`:
        return { body: this.mailing, headers: etag };
      case `PUT ${draft}`:
        return { body: this.written(body) };
      case `DELETE ${draft}`:
        return { body: this.mailing };
      case `GET ${draft}/preview`:
        return { body: { ...sample.preview, version: this.mailing.version } };
      case `POST ${draft}/trial`:
        return {
          status: 202,
          body: { message: "msg_trial", to: sample.me(this.role).email },
        };
      case `PUT ${draft}/plan`: {
        const { at }: { at: string } = JSON.parse(body);
        return this.stepped("planned", { plan: { ...sample.plan, at } });
      }
      case `DELETE ${draft}/plan`:
        return this.stepped("draft");
      case `POST ${draft}/close`:
        return this.stepped("closed");
      case `POST ${draft}/send`: {
        const sent_at = "2026-09-14T09:00:00Z";
        this.mailing = { ...this.mailing, status: "sending", sent_at };
        return { status: 202, body: this.mailing };
      }
    }
    for (const [at, of] of [
      [draft, mails],
      [`${cohort}/mailings/${sample.MAILED}`, this.mails],
    ] as const) {
      const status = query.get("status");
      const found = of.filter((one) => status === null || one.status === status);
      if (path === at) return { body: sample.mailed, headers: { etag: '"3"' } };
      if (path === `${at}/messages`) return { body: { items: found } };
      if (path === `${at}/messages/summary`) {
        const { status: now } = this.mailing;
        const halted = now === "stopped" || now === "closed";
        const status = halted && at === draft ? now : "sent";
        return { body: { ...sample.counts([...of]), status, left_out: 1 } };
      }
    }
    const again = path.match(/\/messages\/(msg_\w+)\/resend$/)?.[1];
    const first = this.mails.find((one) => one.id === again);
    if (first === undefined) return undefined;
    return { status: 202, body: { ...first, id: "msg_again", again: 1, status: "queued" } };
  }

  private answers(
    method: string,
    path: string,
    query: URLSearchParams,
    body: string,
  ): Answer | undefined {
    const cohort = `/api/cohorts/${sample.COHORT}`;
    const formation = (id: string) => `${cohort}/formations/${id}`;
    const published = this.state === "published";
    const list = (items: unknown[]) => ({ body: { items: this.empty ? [] : items } });
    const [awaiting, ...others] = sample.formations;
    if (awaiting === undefined) throw new Error("the sample has no formation");
    const latest = {
      ...awaiting,
      ...(published ? { status: "published" as const } : {}),
      ...(this.plan === undefined ? {} : { kind: "rotation" as const, plan: plans.place(1) }),
    };
    const formations = [latest, ...others];
    switch (`${method} ${path}`) {
      case "GET /api/me":
        return { body: sample.me(this.role) };
      case "GET /api/cohorts": {
        // Two pages, the second on request.
        if (this.empty) return list([]);
        if (query.has("cursor")) return list(sample.cohorts.slice(2));
        return { body: { items: sample.cohorts.slice(0, 2), next: "page-2" } };
      }
      case `GET ${cohort}`:
        return {
          body: {
            ...sample.cohort(published ? "published" : "forming", published),
            quarantined: this.quarantine.length,
            ...(this.deadline === undefined ? {} : { deadline: this.deadline }),
            ...(this.plan === undefined ? {} : { plan: this.plan.plan }),
          },
          headers: { etag: '"1"' },
        };
      case `GET ${cohort}/quarantine`: {
        const from = Number(query.get("cursor") ?? 0);
        const to = from + Number(query.get("limit") ?? 50);
        const more = to < this.quarantine.length ? { next: `${to}` } : {};
        return { body: { items: this.quarantine.slice(from, to), ...more } };
      }
      case `POST ${cohort}/quarantine/reprocess`: {
        const run = this.runs.shift() ?? { accepted: 0, remaining: this.quarantine.length };
        this.quarantine = this.quarantine.slice(run.accepted);
        return { body: run };
      }
      case `GET ${cohort}/settings`:
        return this.versioned();
      case `PUT ${cohort}/settings`:
        this.settings = {
          ...this.settings,
          version: this.settings.version + 1,
          settings: JSON.parse(body),
        };
        return this.versioned();
      case `PUT ${cohort}/archive`:
        this.settings = { ...this.settings, archived_at: "2026-09-14T09:00:00Z" };
        return this.versioned();
      case "POST /api/cohorts":
        return { status: 201, body: { ...sample.settings, settings: JSON.parse(body) } };
      case `GET ${cohort}/students`: {
        const section = query.get("section");
        return list(sample.students.filter((one) => section === null || one.section === section));
      }
      case `GET ${cohort}/roster`:
        return { body: this.roster, headers: { etag: `"${this.roster.version}"` } };
      case `GET ${cohort}/distribution`:
        return { body: rosters.distribution };
      case `GET ${cohort}/evaluation`:
        return { body: this.evaluation };
      case `GET ${cohort}/timeline`:
        return { body: this.timeline };
      case `GET ${cohort}/roster/people`: {
        const presence = query.get("presence");
        return list(this.people.filter((one) => presence === null || one.presence === presence));
      }
      case `PUT ${cohort}/roster`: {
        const { students }: { students: unknown[] } = JSON.parse(body);
        const all = { ...rosters.roster.all, expected: students.length };
        this.roster = { ...rosters.roster, version: this.roster.version + 1, all };
        return { body: this.roster };
      }
      case `DELETE ${cohort}/roster`:
        this.roster = { ...rosters.noRoster, version: this.roster.version + 1 };
        return { body: this.roster };
      case `GET ${cohort}/retention`:
        return { body: this.retention };
      case `PUT ${cohort}/retention/extension`: {
        const noted = { noted_at: "2026-09-14T09:00:00Z", noted_by: sample.me("operator").contact };
        const extension = { ...JSON.parse(body), ...noted };
        this.retention = { ...sample.retention, delete_on: extension.until, extension };
        return { body: this.retention };
      }
      case `GET ${cohort}/formations`:
        return list(formations);
      case `POST ${cohort}/formations`:
        return { status: 202, body: { formation: sample.AWAITING, started: true } };
      case `POST ${formation(sample.AWAITING)}/approve`:
        if (this.calls.at(-1)?.headers["if-match"] !== `"${this.board.version}"`) {
          return problem(412, "stale", { version: this.board.version });
        }
        this.state = "published";
        return { status: 202, body: { formation: sample.AWAITING, verdict: "approved" } };
      case `GET ${cohort}/evaluation/mail`:
        return { body: this.asking };
      case `GET ${cohort}/reminder`:
        return {
          body: { ...sample.reminder, deadline: this.deadline ?? sample.reminder.deadline },
        };
      case `GET ${cohort}/mailings`:
        return list([this.mailing, sample.mailed]);
      case `POST ${cohort}/mailings`:
        return { status: 201, body: this.written(body) };
      case "GET /api/erasures":
        return list(sample.erasures);
      case `GET /api/erasures/${sample.erasures[0]?.id}/certificate`:
        return { body: { erasure: sample.erasures[0]?.id } };
      case "GET /api/subprocessors":
        return { body: sample.subprocessors };
      case "GET /api/audit":
        return list(sample.trail);
    }
    const duty = this.duties.answer(method, path, query, body);
    if (duty !== undefined) return duty;
    const mailing = this.mailings(method, path, cohort, query, body);
    if (mailing !== undefined) return mailing;
    const board = `${formation(sample.AWAITING)}/board`;
    switch (`${method} ${path}`) {
      case `GET ${board}`:
        return { body: this.board, headers: { etag: `"${this.board.version}"` } };
      case `POST ${board}/preview`:
        return { body: sample.effect };
      case `POST ${board}/changes`:
        this.groups = moved(this.groups, JSON.parse(body));
        this.board = { ...this.board, version: this.board.version + 1 };
        return { body: { version: this.board.version, effect: sample.effect } };
      case `PUT ${board}/holds`: {
        const held: { groups: string; students: string } = JSON.parse(body);
        const locked = words(held.groups).map((place) => {
          const [section = "", number = ""] = place.split("/");
          return { section, number: Number(number) };
        });
        const version = this.board.version + 1;
        this.board = { ...this.board, version, locked, pinned: words(held.students) };
        return { body: this.board };
      }
      case `POST ${board}/anew`:
        // The published formation stands in for the one that was started.
        return { status: 202, body: { formation: sample.PUBLISHED, started: true } };
      case `GET ${formation(sample.REJECTED)}/board`:
        return { body: { version: 7, editable: false, locked: [], pinned: [] } };
      case `POST ${formation(sample.REJECTED)}/board/anew`:
        return { status: 202, body: { formation: sample.AWAITING, started: true } };
      case `GET ${board}/suggestions`: {
        const change = { student: query.get("student") ?? "", to: 2 };
        return { body: { items: [{ change, effect: sample.effect }] } };
      }
    }
    const planned = this.planned(method, path, formation);
    if (planned !== undefined) return planned;
    for (const one of formations) {
      const at = formation(one.id);
      const messages = one.status === "published" ? sample.messages : [];
      const status = query.get("status");
      if (path === at) {
        const board_version = one.id === sample.AWAITING ? this.board.version : 0;
        const etag = `"${one.status} ${board_version}"`;
        return { body: { ...sample.formation(one), board_version }, headers: { etag } };
      }
      if (path === `${at}/groups`) return list(this.groups);
      if (path === `${at}/repair`) return { body: this.need };
      if (path === `${at}/comparison`) return { body: sample.comparison(query.has("cursor")) };
      if (path === `${at}/failure/students`) {
        return { body: { items: [{ id: "stu", name: "David Aagaard" }, { id: "stu_erased" }] } };
      }
      if (path === `${at}/messages/summary`) return { body: sample.counts(messages) };
      if (path === `${at}/messages`) {
        return list(messages.filter((message) => status === null || message.status === status));
      }
    }
    return undefined;
  }
}

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

type Change = components["schemas"]["Change"];

/** The groups after a move or an exchange. */
function moved(groups: typeof sample.groups, { student, to, with: other }: Change) {
  const home = (id: string) => groups.find((one) => one.members.some((member) => member.id === id));
  const [from, theirs] = [home(student), other === undefined ? undefined : home(other)];
  const goal = theirs ?? groups.find((one) => one.section === from?.section && one.number === to);
  const member = (id: string | undefined) =>
    groups.flatMap((one) => one.members).filter((one) => one.id === id);
  return groups.map((one) => {
    const others = one.members.filter(({ id }) => id !== student && id !== other);
    if (one === from) return { ...one, members: [...others, ...member(other)] };
    return one === goal ? { ...one, members: [...others, ...member(student)] } : one;
  });
}

function problem(status: number, kind: string, more: Partial<Problem> = {}): Answer {
  const type = `urn:unihelper:problem:${kind}`;
  const body: Problem = { type, title: "In English", detail: "In English.", status, ...more };
  return { status, body, headers: { "x-request-id": "req-1" } };
}

function json(response: ServerResponse, { status = 200, body, headers }: Answer): void {
  const file = body instanceof Uint8Array;
  const kind = file ? "application/octet-stream" : "application/json";
  response.writeHead(status, { "content-type": kind, ...headers });
  response.end(file ? body : JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

function matches(route: string, path: string): boolean {
  const pattern = route.replace(/\/$/, "").replace(/:\w+/g, "[^/]+");
  return new RegExp(`^${pattern}/?$`).test(path);
}

const DIST = new URL("../../dist/", import.meta.url).pathname;
const FILES = new Map(
  readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(DIST.length), readFileSync(file)]),
);
const KINDS: Record<string, string> = {
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};

/** Every test has a world of its own, and fails when the page asks anybody else or is refused something. */
export const test = base.extend<{ world: World; portal: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner asks for a pattern
  world: async ({}, use) => {
    const world = new World();
    await world.start();
    await use(world);
    world.stop();
  },
  portal: async ({ page, context, world }, use) => {
    const strangers: string[] = [];
    const complaints: string[] = [];
    context.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== "blob:" && origin !== world.origin && origin !== world.signIn) {
        strangers.push(request.url());
      }
    });
    page.on("console", (message) => {
      // The browser itself notes every answer of 400 and above.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${world.origin}/portal`);
    await use(page);
    if (strangers.length > 0) throw new Error(`asked elsewhere: ${strangers.join(", ")}`);
    if (complaints.length > 0) throw new Error(`the browser complained: ${complaints.join("; ")}`);
  },
});

export async function signIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^(Sign in|Log ind)$/ }).click();
  await page.getByRole("button", { name: /^(Sign out|Log ud)$/ }).waitFor();
}
