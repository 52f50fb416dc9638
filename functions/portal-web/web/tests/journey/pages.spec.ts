// Every page, in both languages, narrow and wide, light and dark: no violation of WCAG 2.2 AA that axe-core can
// find, nothing to scroll sideways. With SHOTS=folder each is drawn there as well.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type axe from "axe-core";
import * as sample from "./sample";
import { signIn, test, type World } from "./world";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SHOTS = process.env.SHOTS;
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
    name: "start",
    path: cohort,
    before: (world) => {
      world.state = "published";
    },
    act: (page) => page.getByRole("button", { name: /^(Form groups now|Dan grupper nu)$/ }).click(),
  },
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
  { name: "failed", path: `${cohort}/formations/${sample.FAILED}` },
  { name: "messages", path: `${cohort}/formations/${sample.PUBLISHED}/messages` },
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

async function look(page: Page, name: string): Promise<void> {
  const scrolls = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(scrolls, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  // Evaluated by the browser's debugger, which the page's policy does not bind.
  await page.evaluate(AXE);
  const found = await page.evaluate(
    (tags) =>
      (window as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: { type: "tag", values: tags },
      }),
    TAGS,
  );
  const violations = found.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n  ")}`,
  );
  expect(violations, name).toEqual([]);
  expect(found.passes.length, "axe looked at something").toBeGreaterThan(5);
}

for (const language of ["da", "en"] as const) {
  for (const view of VIEWS) {
    test(`p3_every_page_is_accessible_${language}_${view.name}`, async ({
      portal: page,
      world,
    }) => {
      test.setTimeout(180_000);
      await page.setViewportSize({ width: view.width, height: view.height });
      await page.emulateMedia({ colorScheme: view.scheme });
      await page.getByRole("button", { name: language === "da" ? "Dansk" : "English" }).click();
      await settled(page);
      await look(page, `welcome-${language}-${view.name}`);
      await signIn(page);
      for (const shown of PAGES) {
        world.role = "coordinator";
        world.state = "awaiting";
        world.empty = false;
        shown.before?.(world);
        await open(page, `${world.origin}/portal${shown.path}`);
        await shown.act?.(page);
        await settled(page);
        await look(page, `${shown.name}-${language}-${view.name}`);
      }
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

// The pictures of the README: PICTURES=../../../docs/portal npx playwright test pages
const PICTURES = process.env.PICTURES;
if (PICTURES !== undefined) {
  test("pictures", async ({ portal: page, world }) => {
    await page.setViewportSize({ width: 1080, height: 720 });
    await signIn(page);
    for (const name of ["cohort", "groups"]) {
      const path = PAGES.find((shown) => shown.name === name)?.path;
      await open(page, `${world.origin}/portal${path}`);
      if (name === "groups") await page.locator("#groups").evaluate((it) => it.scrollIntoView());
      await page.screenshot({ path: `${PICTURES}/${name}.png` });
    }
    await page.setViewportSize({ width: 320, height: 720 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.getByRole("button", { name: "Dansk" }).click();
    await open(page, `${world.origin}/portal${cohort}`);
    await page.screenshot({ path: `${PICTURES}/narrow.png` });
  });
}
