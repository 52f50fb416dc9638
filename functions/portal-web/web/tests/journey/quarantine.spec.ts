// Questionnaires that could not be used: seen on the cohort's page with what to do, and tried again there.

import { expect } from "@playwright/test";
import { openAt as open } from "./places";
import * as sample from "./sample";
import { quarantine } from "./sample-quarantine";
import { test } from "./world";

const PATH = `/cohorts/${sample.COHORT}`;
const cohort = `/api${PATH}`;
const TITLE = "Questionnaires that could not be used";

test("q4 a coordinator sees what could not be used and why, has it tried again, and is told what became of it", async ({
  portal,
  world,
}) => {
  world.quarantine = quarantine(7);
  // Time runs out after the first one: the page goes on by itself where the answer says.
  world.runs = [
    { accepted: 1, remaining: 0, after: "tok000" },
    { accepted: 1, remaining: 5 },
  ];
  await open(portal, world, PATH);
  const card = portal.getByRole("region", { name: TITLE });
  await expect(card.getByText("7 questionnaires wait.")).toBeVisible();
  await expect(card.getByRole("row")).toHaveCount(8);
  for (const why of [
    "A section that the cohort does not have",
    "No e-mail address",
    "No valid e-mail address",
    "No section",
    "Cannot be read",
    "Sent for another questionnaire than the cohort's",
  ]) {
    await expect(card.getByRole("listitem").filter({ hasText: `${why}:` })).toHaveCount(1);
    await expect(card.getByRole("cell", { name: why }).first()).toBeVisible();
  }
  const settings = card.getByRole("link", { name: "See what the settings say" });
  await expect(settings).toHaveAttribute("href", `/portal${PATH}/settings`);

  await card.getByRole("button", { name: "Try again" }).click();
  const told = portal.getByRole("status").filter({ hasText: "taken in" });
  await expect(told).toHaveText("2 questionnaires were taken in. 5 remain.");
  await expect(card.getByText("5 questionnaires wait.")).toBeVisible();
  await expect(card.getByRole("row")).toHaveCount(6);
  const asked = world.asked("POST", `${cohort}/quarantine/reprocess`);
  expect(asked.map((call) => call.query.get("after"))).toEqual([null, "tok000"]);
  const keys = asked.map((call) => call.headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(2);
});

test("q4 when the last one is taken in the card goes and what became of it stays told", async ({
  portal,
  world,
}) => {
  world.quarantine = quarantine(1);
  world.runs = [{ accepted: 1, remaining: 0 }];
  await open(portal, world, PATH);
  await portal.getByRole("button", { name: "Try again" }).click();
  await expect(portal.getByText("1 questionnaire was taken in. None remains.")).toBeFocused();
  await expect(portal.getByRole("region", { name: TITLE })).toHaveCount(0);
});

test("q4 a run that fails is told, and the same request is made again", async ({
  portal,
  world,
}) => {
  world.quarantine = quarantine(2);
  const path = `${cohort}/quarantine/reprocess`;
  world.problems.set(`POST ${path}`, { status: 503, kind: "unavailable" });
  await open(portal, world, PATH);
  const card = portal.getByRole("region", { name: TITLE });
  await card.getByRole("button", { name: "Try again" }).click();
  await expect(card.getByRole("alert")).toBeVisible();
  await card.getByRole("button", { name: "Try again" }).click();
  await expect(portal.getByText("None could be taken in. 2 remain.")).toBeVisible();
  await expect(card.getByRole("alert")).toHaveCount(0);
  const [first, second] = world.asked("POST", path);
  expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
});

test("q4 many are shown page by page; where more come in the list is read anew", async ({
  portal,
  world,
}) => {
  world.quarantine = quarantine(14);
  await open(portal, world, PATH);
  const card = portal.getByRole("region", { name: TITLE });
  await expect(card.getByRole("row")).toHaveCount(11);
  await card.getByRole("button", { name: "Show more" }).click();
  await expect(card.getByRole("row")).toHaveCount(15);
  await expect(card.getByRole("button", { name: "Show more" })).toHaveCount(0);
  const looks = world.asked("GET", `${cohort}/quarantine`).length;
  world.quarantine = quarantine(15);
  await expect(card.getByText("15 questionnaires wait.")).toBeVisible({ timeout: 15_000 });
  await expect.poll(() => world.asked("GET", `${cohort}/quarantine`).length).toBeGreaterThan(looks);
});

test("q4 a viewer sees them and starts nothing; where there are none there is no card", async ({
  portal,
  world,
}) => {
  world.role = "viewer";
  world.quarantine = quarantine(2);
  await open(portal, world, PATH);
  const card = portal.getByRole("region", { name: TITLE });
  await expect(card.getByText("A coordinator can change the settings")).toBeVisible();
  await expect(card.getByRole("row")).toHaveCount(3);
  await expect(card.getByRole("button")).toHaveCount(0);
  await expect(card.getByRole("link")).toHaveCount(0);
  world.quarantine = [];
  await expect(card).toHaveCount(0, { timeout: 15_000 });
  const looks = world.asked("GET", `${cohort}/quarantine`).length;
  await portal.reload();
  await expect(portal.getByRole("heading", { name: "Answers", exact: true })).toBeVisible();
  expect(world.asked("GET", `${cohort}/quarantine`)).toHaveLength(looks);
});
