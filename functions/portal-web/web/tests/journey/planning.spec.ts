// Sending later: planned, moved, taken back and overtaken; and closing what stopped.

import { expect } from "@playwright/test";
import { openAt as open } from "./places";
import * as sample from "./sample";
import { test } from "./world";

const draft = `/api/cohorts/${sample.COHORT}/mailings/${sample.DRAFT}`;
const place = `/cohorts/${sample.COHORT}/mailings/${sample.DRAFT}`;

test("m2 a mail is planned for a time in Denmark, planned anew and taken back", async ({
  portal,
  world,
}) => {
  await open(portal, world, place);
  await portal.getByRole("button", { name: "Send later" }).click();
  const dialog = portal.getByRole("dialog");
  await expect(dialog.getByText("57 students")).toBeVisible();
  await expect(dialog.getByLabel("Time (in Denmark)")).toHaveValue("08:00");
  await dialog.getByLabel("Date").fill("2035-01-15");
  await dialog.getByLabel("Time (in Denmark)").fill("09:30");
  const words = { da: "skal ligge i fremtiden", en: "must be in the future" };
  const errors = [{ in: "body", name: "at", problem: words.en, pointer: "/at", words }];
  world.problems.set(`PUT ${draft}/plan`, { status: 400, kind: "parameters", more: { errors } });
  await dialog.getByRole("button", { name: "Plan the mail" }).click();
  await expect(dialog.getByText("must be in the future")).toBeVisible();
  await expect(dialog.getByLabel("Time (in Denmark)")).toHaveValue("09:30");
  await dialog.getByRole("button", { name: "Plan the mail" }).click();
  await expect(dialog).toBeHidden();
  const [, second] = world.asked("PUT", `${draft}/plan`);
  // Winter: an hour ahead of UTC.
  expect(JSON.parse(second?.body ?? "")).toEqual({ at: "2035-01-15T08:30:00Z" });
  expect(second?.headers["if-match"]).toBe('"1"');

  const planned = portal.getByRole("region", { name: "The mail is planned" });
  await expect(planned.getByText("It goes by itself: 15 Jan 2035, 09:30.")).toBeVisible();
  await portal.getByRole("button", { name: "Choose another time" }).click();
  await expect(dialog.getByLabel("Date")).toHaveValue("2035-01-15");
  await dialog.getByLabel("Date").fill("2035-04-02");
  await dialog.getByRole("button", { name: "Plan the mail" }).click();
  await expect(planned.getByText("It goes by itself: 2 Apr 2035, 09:30.")).toBeVisible();
  const third = world.asked("PUT", `${draft}/plan`)[2];
  // Summer: two.
  expect(JSON.parse(third?.body ?? "")).toEqual({ at: "2035-04-02T07:30:00Z" });
  expect(third?.headers["if-match"]).toBe('"2"');

  await planned.getByRole("button", { name: "Take back" }).click();
  await dialog.getByRole("button", { name: "Take back" }).click();
  await expect(planned).toBeHidden();
  await expect(portal.getByRole("button", { name: "Send later" })).toBeVisible();
  expect(world.asked("DELETE", `${draft}/plan`)[0]?.headers["if-match"]).toBe('"3"');
});

test("m2 a planned mail goes at once instead, and a change takes the plan back", async ({
  portal,
  world,
}) => {
  world.mailing = { ...world.mailing, status: "planned", plan: sample.plan };
  await open(portal, world, `/cohorts/${sample.COHORT}/mailings`);
  await expect(portal.getByText("Goes 30 Nov 2026, 08:00")).toBeVisible();
  await portal.getByRole("link", { name: world.mailing.subject, exact: true }).first().click();
  const planned = portal.getByRole("region", { name: "The mail is planned" });
  await expect(planned).toBeVisible();
  const text = portal.getByRole("group", { name: "In Danish" }).getByLabel("Text");
  await text.fill("Vi mødes i B2.");
  await expect(portal.getByRole("button", { name: "Send the mail now" })).toBeHidden();
  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(planned).toBeHidden();

  const { version } = world.mailing;
  world.mailing = { ...world.mailing, status: "planned", plan: sample.plan };
  await portal.getByRole("link", { name: /^← Back to|^Back to/ }).click();
  await portal.goBack();
  await portal.getByRole("button", { name: "Send the mail now" }).click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send the mail now" }).click();
  await expect(dialog).toBeHidden();
  expect(world.asked("POST", `${draft}/send`)[0]?.headers["if-match"]).toBe(`"${version}"`);
});

test("m2 a contact who is slower than the clock sees what the mail is by now", async ({
  portal,
  world,
}) => {
  const version = world.mailing.version;
  world.mailing = { ...world.mailing, status: "planned", plan: sample.plan };
  await open(portal, world, place);
  await portal.getByRole("button", { name: "Take back" }).click();
  world.problems.set(`DELETE ${draft}/plan`, { status: 412, kind: "stale" });
  const sent_at = sample.plan.at;
  world.mailing = { ...world.mailing, status: "sending", version: version + 1, sent_at };
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Take back" }).click();
  await expect(dialog).toBeHidden();
  await expect(portal.getByText("or it has gone out. This is how it is now.")).toBeVisible();
  await expect(portal.getByText("Planned for")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Take back" })).toHaveCount(0);
});

test("m2 why a planned mail did not go is told to everybody, in both languages", async ({
  portal,
  world,
}) => {
  world.role = "viewer";
  world.mailing = { ...world.mailing, missed: { at: sample.plan.at, reason: "contact_left" } };
  await open(portal, world, place);
  await expect(
    portal.getByText("The mail was planned for 30 Nov 2026, 08:00 and was not sent."),
  ).toBeVisible();
  await expect(portal.getByText("Somebody else has to confirm it.")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Send later" })).toHaveCount(0);
  await portal.getByRole("button", { name: "Dansk" }).click();
  await expect(portal.getByText("En anden skal bekræfte den.")).toBeVisible();
});

test("m3 a mail that stopped is closed, keeps what was sent, and another follows it", async ({
  portal,
  world,
}) => {
  world.mailing = { ...world.mailing, status: "stopped", failure: "internal" };
  await open(portal, world, place);
  await expect(portal.getByText("Sending has stopped after 5 mails.")).toBeVisible();
  await portal.getByRole("button", { name: "Close the mail" }).click();
  const dialog = portal.getByRole("dialog");
  world.problems.set(`POST ${draft}/close`, { status: 503, kind: "unavailable" });
  await dialog.getByRole("button", { name: "Close the mail" }).click();
  await expect(dialog.getByText("The service is busy.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close the mail" }).click();
  await expect(dialog).toBeHidden();
  await expect(
    portal.getByText(/^Sending stopped after 5 mails, and the mail was closed/),
  ).toBeVisible();
  await expect(portal.getByRole("button", { name: /Go on sending|Close the mail/ })).toHaveCount(0);
  await portal.getByRole("link", { name: "Write another mail to the same" }).click();
  await expect(portal).toHaveURL(/\/new-mailing\?to=section$/);
});
