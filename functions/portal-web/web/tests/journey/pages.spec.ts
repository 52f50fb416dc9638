// Every page, in both languages, narrow and wide, light and dark: no violation of WCAG 2.2 AA that axe-core can
// find, nothing to scroll sideways. With SHOTS=folder each is drawn there as well.

import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { look } from "../look";
import * as sample from "./sample";
import * as duties from "./sample-duties";
import * as evaluations from "./sample-evaluation";
import * as plans from "./sample-plan";
import * as waiting from "./sample-quarantine";
import * as rosters from "./sample-roster";
import { signIn, test, type World } from "./world";

/** Only the pages whose names match, while one works on them. */
const ONLY = new RegExp(process.env.PAGES ?? "");
const cohort = `/cohorts/${sample.COHORT}`;

interface Shown {
  name: string;
  path: string;
  before?: (world: World) => void;
  act?: (page: Page) => Promise<void>;
}

const REFUSED = {
  status: 400,
  kind: "parameters",
  more: {
    errors: [
      {
        in: "body",
        name: "criteria.alone",
        problem: "at least one code is needed",
        pointer: "/criteria/0/rule/never_alone/codes",
        words: { da: "mindst én kode skal vælges", en: "at least one code is needed" },
      },
      {
        in: "body",
        name: "deadline",
        problem: "lies in the past",
        pointer: "/deadline",
        words: { da: "ligger i fortiden", en: "lies in the past" },
      },
    ],
  },
};

const operator = (world: World) => {
  world.role = "operator";
};

/** Operators say why they look before they see anything. */
const operated =
  (then?: (page: Page) => Promise<void>) =>
  async (page: Page): Promise<void> => {
    await page.getByRole("textbox").fill("Sag 2026-417");
    await page.keyboard.press("Enter");
    await settled(page);
    await then?.(page);
  };

/** Somebody is looked for, and found with a record and on a roster. */
async function found(page: Page): Promise<void> {
  await page.getByRole("textbox").fill("ida@example.edu");
  await page.keyboard.press("Enter");
  await page.getByText(duties.ROSTERED).waitFor();
}

/** What operators alone work with, and what others see there. */
const DUTIES: Shown[] = [
  { name: "rights", path: "/rights", before: operator, act: operated() },
  {
    name: "rights-none",
    path: `${cohort}/rights`,
    before: (world) => {
      operator(world);
      world.empty = true;
    },
    act: operated(),
  },
  { name: "rights-cohort", path: `${cohort}/rights`, before: operator, act: operated() },
  { name: "rights-others", path: "/rights" },
  { name: "rights-students", path: `${cohort}/students`, before: operator, act: operated() },
  {
    name: "rights-note",
    path: `${cohort}/new-request`,
    before: operator,
    act: operated((page) => page.getByRole("searchbox").fill("a")),
  },
  {
    name: "rights-request",
    path: `${cohort}/rights/${duties.ERASURE}`,
    before: operator,
    act: operated(),
  },
  {
    name: "rights-refuse",
    path: `${cohort}/rights/${duties.LATE}`,
    before: operator,
    act: operated((page) => page.getByRole("button", { name: /^(Refuse|Afvis)$/ }).click()),
  },
  { name: "rights-found", path: "/rights", before: operator, act: operated(found) },
  {
    name: "rights-erase",
    path: "/rights",
    before: operator,
    act: operated(async (page) => {
      await found(page);
      await page.getByRole("button", { name: /^(Erase the student|Slet den studerende)$/ }).click();
    }),
  },
  { name: "exports", path: "/exports", before: operator, act: operated() },
  { name: "export", path: `/exports/${duties.READY}`, before: operator, act: operated() },
  { name: "breaches", path: "/breaches", before: operator, act: operated() },
  { name: "breaches-told", path: "/breaches" },
  { name: "breach", path: `/breaches/${duties.BREACH}`, before: operator, act: operated() },
  {
    name: "breach-count",
    path: `/breaches/${duties.BREACH}`,
    before: operator,
    act: operated((page) =>
      page.getByRole("button", { name: /^(Count whose|Tæl, hvis) data/ }).click(),
    ),
  },
  { name: "breach-closed", path: `/breaches/${duties.CLOSED}` },
  {
    name: "rights-rectify",
    path: `${cohort}/rights/${duties.RECTIFICATION}`,
    before: operator,
    act: operated(async (page) => {
      await page.getByRole("button", { name: /^(Put data right|Ret data)$/ }).click();
      await settled(page);
      for (const how of await page.getByLabel(/^(What becomes of it|Hvad der sker)/).all()) {
        await how.selectOption("right");
      }
    }),
  },
];

const planned = (state: World["state"], plan: World["plan"]) => (world: World) => {
  world.state = state;
  world.plan = plan;
};

/** Several rounds at once. */
const PLANS: Shown[] = [
  {
    name: "plan-start",
    path: cohort,
    before: planned("published", undefined),
    act: (page) =>
      page.getByRole("button", { name: /^(Plan several rounds|Planlæg flere runder)$/ }).click(),
  },
  {
    name: "plan-making",
    path: cohort,
    before: planned("awaiting", plans.making),
  },
  {
    name: "plan-proposed",
    path: `${cohort}/formations/${sample.AWAITING}`,
    before: planned("awaiting", plans.proposed),
  },
  { name: "plan", path: cohort, before: planned("published", plans.published) },
  {
    name: "plan-publish",
    path: cohort,
    before: planned("published", plans.changed),
    act: (page) =>
      page.getByRole("button", { name: /^(Publish round|Offentliggør runde) 2$/ }).click(),
  },
  {
    name: "plan-round",
    path: `${cohort}/formations/${plans.THIRD}`,
    before: planned("published", plans.changed),
  },
  {
    name: "plan-aside",
    path: `${cohort}/formations/${plans.SECOND}`,
    before: planned("published", plans.aside),
  },
];

const PAGES: Shown[] = [
  { name: "cohorts", path: "" },
  {
    name: "cohorts-none",
    path: "",
    before: (world) => {
      world.empty = true;
    },
  },
  { name: "cohort", path: cohort },
  {
    name: "cohort-quarantine",
    path: cohort,
    before: (world) => {
      world.quarantine = waiting.quarantine(14);
      world.runs = [{ accepted: 2, remaining: 12 }];
    },
    act: (page) => page.getByRole("button", { name: /^(Try again|Behandl igen)$/ }).click(),
  },
  {
    name: "cohort-quarantine-viewer",
    path: cohort,
    before: (world) => {
      world.role = "viewer";
      world.quarantine = waiting.quarantine(1);
    },
  },
  {
    name: "start",
    path: cohort,
    before: (world) => {
      world.state = "published";
    },
    act: (page) => page.getByRole("button", { name: /^(Form groups now|Dan grupper nu)$/ }).click(),
  },
  ...PLANS,
  { name: "cohort-new", path: "/new-cohort" },
  {
    name: "cohort-settings",
    path: `${cohort}/settings`,
    act: async (page) => {
      for (const part of await page.locator("details > summary").all()) await part.click();
    },
  },
  {
    name: "cohort-settings-refused",
    path: `${cohort}/settings`,
    before: (world) => world.problems.set(`PUT /api/cohorts/${sample.COHORT}/settings`, REFUSED),
    act: (page) => page.getByRole("button", { name: /^(Save the|Gem ind)/ }).click(),
  },
  { name: "students", path: `${cohort}/students` },
  {
    name: "evaluation",
    path: `${cohort}/evaluation`,
    before: (world) => {
      const { settings } = world.settings;
      const evaluation = evaluations.named;
      world.settings = { ...world.settings, settings: { ...settings, evaluation } };
    },
  },
  {
    name: "evaluation-none",
    path: `${cohort}/evaluation`,
    before: (world) => {
      world.evaluation = evaluations.unnamed;
    },
  },
  {
    name: "evaluation-settings",
    path: `${cohort}/settings`,
    before: (world) => {
      const { settings } = world.settings;
      const evaluation = evaluations.named;
      world.settings = { ...world.settings, settings: { ...settings, evaluation } };
    },
    act: async (page) => {
      for (const part of await page.locator("#evaluation ~ details > summary").all()) {
        await part.click();
      }
    },
  },
  { name: "distribution", path: `${cohort}/distribution` },
  {
    name: "roster",
    path: `${cohort}/roster`,
    act: (page) => page.getByText(/^(Show as a table|Vis som tabel)$/).click(),
  },
  {
    name: "roster-none",
    path: `${cohort}/roster`,
    before: (world) => {
      world.roster = rosters.noRoster;
    },
  },
  {
    name: "roster-import",
    path: `${cohort}/roster`,
    act: async (page) => {
      await page
        .getByRole("button", { name: /^(Replace the roster|Erstat deltagerlisten)$/ })
        .click();
      await page.locator('input[type="file"]').setInputFiles({
        name: "list.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(
          "CPR;Mail;Hold\n010790-1234;liv@example.edu;hold-1\n;bo@example;hold-9\n",
        ),
      });
    },
  },
  { name: "groups", path: `${cohort}/formations/${sample.AWAITING}` },
  {
    name: "move",
    path: `${cohort}/formations/${sample.AWAITING}`,
    act: (page) =>
      page
        .getByRole("button", { name: /^(Move|Flyt) / })
        .first()
        .click(),
  },
  {
    name: "approve",
    path: `${cohort}/formations/${sample.AWAITING}`,
    act: (page) => page.getByRole("button", { name: /^(Approve and|Godkend og)/ }).click(),
  },
  {
    name: "anew",
    path: `${cohort}/formations/${sample.AWAITING}`,
    act: (page) =>
      page.getByRole("button", { name: /^(Form the rest anew|Dan resten på ny)$/ }).click(),
  },
  { name: "set-aside", path: `${cohort}/formations/${sample.REJECTED}` },
  { name: "comparison", path: `${cohort}/formations/${sample.AWAITING}/comparison` },
  { name: "failed", path: `${cohort}/formations/${sample.FAILED}` },
  { name: "messages", path: `${cohort}/formations/${sample.PUBLISHED}/messages` },
  { name: "mailings", path: `${cohort}/mailings` },
  { name: "new-mailing", path: `${cohort}/new-mailing` },
  { name: "reminder", path: `${cohort}/new-mailing?to=not_answered` },
  { name: "asking", path: `${cohort}/new-mailing?to=not_evaluated` },
  {
    name: "asking-unnamed",
    path: `${cohort}/new-mailing?to=not_evaluated`,
    before: (world) => {
      world.asking = { ...world.asking, named: false };
    },
  },
  {
    name: "asked",
    path: `${cohort}/mailings/${sample.MAILED}`,
    before: (world) => {
      world.mails = evaluations.asked;
    },
  },
  {
    name: "reminder-sent",
    path: `${cohort}/mailings/${sample.MAILED}`,
    before: (world) => {
      world.mails = sample.reminded;
    },
  },
  { name: "mailing-draft", path: `${cohort}/mailings/${sample.DRAFT}` },
  {
    name: "mailing-send",
    path: `${cohort}/mailings/${sample.DRAFT}`,
    act: (page) => page.getByRole("button", { name: /^Send (the mail|mailen)$/ }).click(),
  },
  {
    name: "mailing-later",
    path: `${cohort}/mailings/${sample.DRAFT}`,
    act: (page) => page.getByRole("button", { name: /^(Send later|Send senere)$/ }).click(),
  },
  {
    name: "mailing-planned",
    path: `${cohort}/mailings/${sample.DRAFT}`,
    before: (world) => {
      world.mailing = { ...world.mailing, status: "planned", plan: sample.plan };
    },
  },
  {
    name: "mailing-missed",
    path: `${cohort}/mailings/${sample.DRAFT}`,
    before: (world) => {
      const missed = { at: sample.plan.at, reason: "deadline_moved" };
      world.mailing = { ...world.mailing, missed };
    },
  },
  {
    name: "mailing-stopped",
    path: `${cohort}/mailings/${sample.DRAFT}`,
    before: (world) => {
      world.mailing = { ...world.mailing, status: "stopped", failure: "internal" };
    },
  },
  {
    name: "mailing-closed",
    path: `${cohort}/mailings/${sample.DRAFT}`,
    before: (world) => {
      world.mailing = { ...world.mailing, status: "closed", failure: "internal" };
    },
  },
  { name: "mailing-sent", path: `${cohort}/mailings/${sample.MAILED}` },
  {
    name: "retention",
    path: `${cohort}/data`,
    before: (world) => {
      world.role = "operator";
    },
    act: async (page) => {
      await page.getByRole("textbox").fill("Sag 2026-417");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "reason",
    path: "",
    before: (world) => {
      world.role = "operator";
    },
  },
  { name: "data", path: "/data" },
  {
    name: "objection",
    path: "/data",
    act: (page) => page.getByRole("button", { name: /^(Object|Gør indsigelse)$/ }).click(),
  },
  { name: "audit", path: "/audit" },
  {
    name: "problem",
    path: "/audit",
    before: (world) =>
      void world.problems.set("GET /api/audit", {
        status: 403,
        kind: "role-too-low",
        more: { needed_role: "coordinator" },
      }),
  },
  ...DUTIES,
  { name: "not-here", path: "/cohorts/coh_nobody" },
];

const VIEWS = [
  { name: "wide", width: 1440, height: 900, scheme: "light" },
  { name: "narrow", width: 320, height: 700, scheme: "dark" },
] as const;

async function settled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).or(page.getByRole("alert")).first().waitFor();
  await expect(page.locator(".wait")).toHaveCount(0);
}

/** Loads a page, which goes to the sign-in and back, and waits until it is there. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("navigation").waitFor();
  await settled(page);
}

for (const language of ["da", "en"] as const) {
  for (const view of VIEWS) {
    test(`p3_every_page_is_accessible_${language}_${view.name}`, async ({
      portal: page,
      world,
    }) => {
      test.setTimeout(900_000);
      await page.setViewportSize({ width: view.width, height: view.height });
      await page.emulateMedia({ colorScheme: view.scheme });
      await page.getByRole("button", { name: language === "da" ? "Dansk" : "English" }).click();
      await settled(page);
      await look(page, `welcome-${language}-${view.name}`);
      await signIn(page);
      for (const shown of PAGES.filter(({ name }) => ONLY.test(name))) {
        world.role = "coordinator";
        world.state = "awaiting";
        world.empty = false;
        world.plan = undefined;
        world.roster = rosters.roster;
        world.mails = sample.mailingMails;
        world.quarantine = [];
        shown.before?.(world);
        await open(page, `${world.origin}/portal${shown.path}`);
        await shown.act?.(page);
        await settled(page);
        await look(page, `${shown.name}-${language}-${view.name}`);
      }
      world.role = "coordinator";
      await open(page, `${world.origin}/portal/data`);
      world.expire();
      await page.getByRole("link", { name: /^(Cohorts|Årgange)$/ }).click();
      await page.getByRole("dialog").waitFor();
      await look(page, `expired-${language}-${view.name}`);
      await page.goto(`${world.origin}/portal/signed-in?code=c&state=s`);
      await settled(page);
      await look(page, `refused-${language}-${view.name}`);
    });
  }
}

// The pictures of the README, each that it names and no other: PICTURES=../../../docs/portal npx playwright test pages
const PICTURES = process.env.PICTURES;
if (PICTURES !== undefined) {
  test("pictures", async ({ portal: page, world }) => {
    const readme = readFileSync(new URL("../../../../../README.md", import.meta.url), "utf8");
    const named = [...readme.matchAll(/\(docs\/portal\/([\w-]+)\.png\)/g)].map(([, name]) => name);
    const drawn: string[] = [];
    const draw = async (name: string, path: string, top = "body") => {
      await open(page, `${world.origin}/portal${path}`);
      await page.locator(top).evaluate((it) => it.scrollIntoView());
      await page.screenshot({ path: `${PICTURES}/${name}.png` });
      drawn.push(name);
    };
    await page.setViewportSize({ width: 1280, height: 960 });
    await signIn(page);
    await draw("answers", `${cohort}/roster`);
    await draw("groups", `${cohort}/formations/${sample.AWAITING}`, ".board");
    await draw("mail", `${cohort}/mailings/${sample.DRAFT}`);
    await page.setViewportSize({ width: 320, height: 720 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.getByRole("button", { name: "Dansk" }).click();
    await draw("narrow", `${cohort}/roster`);
    expect(drawn.sort()).toEqual(named.sort());
  });
}
