// What the agreement obliges to, in the sample institution: requests of students, exports of the institution, breaches.

import type { components } from "../../src/api/schema";
import * as sample from "./sample";
import * as duties from "./sample-duties";
import type { Answer, World } from "./world";

type Breach = components["schemas"]["Breach"];
type Request = components["schemas"]["RightsRequest"];

const NOW = "2026-11-28T10:00:00Z";

export class Duties {
  requests: Request[] = duties.requests;
  exports = duties.exports;
  breaches: Breach[] = duties.breaches;
  /** Whether the letter before an erasure still waits to be sent. */
  letterWaits = true;

  constructor(private readonly world: World) {}

  answer(method: string, path: string, query: URLSearchParams, body: string): Answer | undefined {
    return (
      this.rights(method, path, query, body) ??
      this.exported(method, path) ??
      this.breached(method, path, body)
    );
  }

  private breached(method: string, path: string, body: string): Answer | undefined {
    const at = "/api/breaches";
    const told = this.breaches.filter(
      ({ notices }) => this.world.role === "operator" || notices.length > 0,
    );
    if (`${method} ${path}` === `GET ${at}`) {
      return { body: { items: this.world.empty ? [] : told } };
    }
    if (`${method} ${path}` === `POST ${at}`) return { body: this.breaches[0] };
    if (!path.startsWith(`${at}/`)) return undefined;
    const [id, step = ""] = path.slice(at.length + 1).split("/");
    const known = told.find((one) => one.id === id);
    if (known === undefined) return undefined;
    if (step.startsWith("certificate")) return { body: new Uint8Array([37, 80, 68, 70]) };
    const said = body === "" ? {} : JSON.parse(body);
    const answers = { ...known.answers, ...said };
    const steps: Record<string, Partial<Breach>> = {
      answers: {
        answers,
        unanswered: known.unanswered.filter((one) => !(one in answers)),
        warnings: body.includes("@") ? { [Object.keys(said)[0] ?? ""]: "names an address" } : {},
      },
      assessment: { risk: said.risk, status: "assessed" },
      affected: { affected: duties.affected },
      notices: { status: "notified", clock: "met", notices: [{ at: NOW, mail: "queued" }] },
      closure: { status: "closed", closed_at: NOW },
    };
    const version = method === "GET" ? known.version : known.version + 1;
    const now = { ...known, ...steps[step], version };
    this.breaches = this.breaches.map((one) => (one.id === id ? now : one));
    return { body: now, headers: { etag: `"${version}"` } };
  }

  private exported(method: string, path: string): Answer | undefined {
    const at = "/api/institution/exports";
    if (`${method} ${path}` === "POST /api/institution/export") {
      const begun = duties.exported(9, { part: "contacts" });
      this.exports = [begun, ...this.exports.filter(({ id }) => id !== begun.id)];
      return { status: 202, body: begun };
    }
    if (method !== "GET" || !path.startsWith(at)) return undefined;
    if (path === at) return { body: { items: this.world.empty ? [] : this.exports } };
    const [id, , file] = path.slice(at.length + 1).split("/");
    const known = this.exports.find((one) => one.id === id);
    if (known === undefined) return undefined;
    if (file !== undefined) {
      const url = `${this.world.origin}/bucket/${file}?signed`;
      return { body: { url, expires_at: "2026-11-28T09:10:00Z" } };
    }
    return { body: { export: known, files: known.status === "ready" ? duties.files : [] } };
  }

  private change(id: string, more: Partial<Request>): Answer {
    this.requests = this.requests.map((one) => (one.id === id ? { ...one, ...more } : one));
    return { body: this.requests.find((one) => one.id === id) };
  }

  private rights(
    method: string,
    path: string,
    query: URLSearchParams,
    body: string,
  ): Answer | undefined {
    const at = `/api/cohorts/${sample.COHORT}/rights`;
    // As the API puts them: what is open first, then what is due first, whatever else is late about it.
    const isOpen = ({ status }: Request) =>
      ["received", "acknowledged", "confirmed"].includes(status);
    const sorted = [...this.requests].sort(
      (a, b) => Number(isOpen(b)) - Number(isOpen(a)) || a.due_on.localeCompare(b.due_on),
    );
    const items = this.world.empty ? [] : sorted;
    const open = items.filter(isOpen);
    if (method === "POST" && /\/students\/\w+\/erasure$/.test(path)) {
      return { status: 202, body: { erasure: sample.erasures[0]?.id } };
    }
    switch (`${method} ${path}`) {
      case "GET /api/rights": {
        const wanted = query.get("status") === "open" ? open : items;
        return { body: { items: wanted.map((request) => ({ cohort: sample.COHORT, request })) } };
      }
      case "POST /api/people/search": {
        const name = sample.cohorts[0]?.name ?? { da: "", en: "" };
        return { body: { items: body.includes("nobody") ? [] : duties.people(name) } };
      }
      case `GET ${at}`:
        return { body: { items } };
      case `POST ${at}`: {
        const noted = duties.request(9, JSON.parse(body));
        this.requests = [...this.requests.filter(({ id }) => id !== noted.id), noted];
        return { status: 202, body: noted };
      }
    }
    const [id, step] = path.startsWith(`${at}/`) ? path.slice(at.length + 1).split("/") : [];
    const known = this.requests.find((one) => one.id === id);
    if (id === undefined || known === undefined) return undefined;
    if (method === "GET") {
      return step === "export" ? { body: new Uint8Array([80, 75, 5, 6]) } : { body: known };
    }
    const said = JSON.parse(body);
    switch (step) {
      case "acknowledge":
        return this.change(id, { status: "acknowledged", acknowledged_at: NOW });
      case "link":
        return this.change(id, {});
      case "rectify":
        return this.change(id, { status: "fulfilled", ended_at: NOW, changed: Object.keys(said) });
      case "refuse":
        return this.change(id, { status: "refused", ended_at: NOW, refused_because: said.reason });
      case "extend":
        return this.change(id, { due_on: said.until, extended_because: said.reason });
      case "erase": {
        if (this.letterWaits) return { status: 202, ...this.change(id, { erasure_told_at: NOW }) };
        const erasure = sample.erasures[0]?.id ?? "";
        return { status: 202, ...this.change(id, { erasure_told_at: NOW, erasure }) };
      }
    }
    return undefined;
  }
}
