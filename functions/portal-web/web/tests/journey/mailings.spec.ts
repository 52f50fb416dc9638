// Writing to students: seen as they will, tried out, sent by one confirmation, and to one student again.

import { expect } from "@playwright/test";
import { openAt as open } from "./places";
import * as sample from "./sample";
import { test } from "./world";

const cohort = `/api/cohorts/${sample.COHORT}`;
const draft = `${cohort}/mailings/${sample.DRAFT}`;

test("m3 a mail is written, seen as students will, tried and sent once", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/new-mailing`);
  await portal.getByLabel("A section").check();
  await portal.getByLabel("Section", { exact: true }).selectOption("hold-1");
  const danish = portal.getByRole("group", { name: "In Danish" });
  await danish.getByLabel("Subject").fill("Introuge");
  await danish.getByLabel("Text").fill("Vi mødes mandag kl. 10.");
  world.problems.set(`POST ${cohort}/mailings`, { status: 503, kind: "unavailable" });
  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(portal.getByText("The service is busy.")).toBeVisible();
  await expect(danish.getByLabel("Subject")).toHaveValue("Introuge");
  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(portal).toHaveURL(new RegExp(`/mailings/${sample.DRAFT}$`));
  const [first, second] = world.asked("POST", `${cohort}/mailings`);
  expect(first?.headers["idempotency-key"]).toBe(second?.headers["idempotency-key"]);
  expect(JSON.parse(second?.body ?? "")).toEqual({
    audience: { to: "section", section: "hold-1" },
    texts: { da: { subject: "Introuge", body: "Vi mødes mandag kl. 10." } },
  });

  const letter = portal.getByRole("region", { name: "The mail as its reader sees it" });
  await expect(letter.getByRole("heading", { name: "Introuge" })).toBeVisible();
  const link = letter.getByRole("link", { name: "https://example.edu/intro" });
  await expect(link).toHaveAttribute("href", "https://example.edu/intro");
  await expect(link).toHaveCSS("color", "rgb(26, 90, 153)");
  await portal.getByRole("button", { name: "Send a trial to me" }).click();
  await expect(portal.getByText(/A trial is on its way to/)).toBeVisible();

  await portal.getByRole("button", { name: "Send the mail" }).click();
  const dialog = portal.getByRole("dialog");
  await expect(dialog.getByText("57 students")).toBeVisible();
  world.problems.set(`POST ${draft}/send`, { status: 503, kind: "unavailable" });
  await dialog.getByRole("button", { name: "Send the mail" }).click();
  await dialog.getByRole("button", { name: "Send the mail" }).click();
  await expect(dialog).toBeHidden();
  const [one, two] = world.asked("POST", `${draft}/send`);
  expect(one?.headers["idempotency-key"]).toBe(two?.headers["idempotency-key"]);
  expect(two?.headers["if-match"]).toBe('"2"');
  await expect(portal.getByText("The mail was sent: 5 mails.")).toBeVisible();
});

test("m2 what is wrong with a mail stands at its field", async ({ portal, world }) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.DRAFT}`);
  const text = portal.getByRole("group", { name: "In Danish" }).getByLabel("Text");
  await text.fill("010190-1234");
  await expect(portal.getByText("Save the changes to see the mail and send it.")).toBeVisible();
  const words = { da: "må ikke", en: "must not hold what looks like a CPR number" };
  const pointer = "/texts/da/body";
  const errors = [{ in: "body", name: "body", problem: words.en, pointer, words }];
  world.problems.set(`PUT ${draft}`, { status: 400, kind: "parameters", more: { errors } });
  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(text).toHaveAttribute("aria-invalid", "true");
  await expect(text).toHaveAccessibleDescription(/CPR number/);
  await expect(text).toHaveValue("010190-1234");
});

test("m3 a mail is sent to one student again, and where it cannot be, the page says why", async ({
  portal,
  world,
}) => {
  await open(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.MAILED}`);
  await expect(portal.getByText("The address gets no further mail")).toBeVisible();
  await expect(portal.getByText("Is still on its way")).toBeVisible();
  await portal
    .getByRole("button", { name: /^Send again to/ })
    .first()
    .click();
  const dialog = portal.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(portal.getByText(/is on its way again/)).toBeVisible();
  const id = sample.mailingMails[0]?.id;
  expect(world.asked("POST", `${cohort}/messages/${id}/resend`)).toHaveLength(1);
});

test("p1 of two who write the same mail the second is told, and what is not saved is never sent", async ({
  portal,
  world,
}) => {
  const place = `/cohorts/${sample.COHORT}/mailings/${sample.DRAFT}`;
  await open(portal, world, place);
  const subject = portal.getByRole("group", { name: "In Danish" }).getByLabel("Subject");
  await subject.fill("Half written");
  await portal.getByRole("link", { name: /^← Back to|^Back to/ }).click();
  await portal.goBack();
  await expect(subject).toHaveValue("Half written");
  // The saved text is another one than what is seen here.
  await expect(portal.getByRole("button", { name: "Send the mail" })).toBeHidden();

  const seen = world.mailing.version;
  world.mailing = { ...world.mailing, version: seen + 1, subject: "Theirs" };
  const more = { version: seen + 1 };
  world.problems.set(`PUT ${draft}`, { status: 412, kind: "stale", more });
  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(portal.getByText("Your text is still here.")).toBeVisible();
  await portal.getByRole("button", { name: "Keep my text" }).click();
  await expect(portal.getByRole("heading", { level: 1, name: "Theirs" })).toBeVisible();
  await expect(subject).toHaveValue("Half written");
  await portal.getByRole("button", { name: "Save and see the mail" }).click();
  await expect(portal.getByRole("button", { name: "Send the mail" })).toBeVisible();
  const [first, second] = world.asked("PUT", draft);
  expect(first?.headers["if-match"]).toBe(`"${seen}"`);
  expect(second?.headers["if-match"]).toBe(`"${seen + 1}"`);
});

test("m3 why a mail stopped is told, and it goes on only where it can", async ({
  portal,
  world,
}) => {
  world.mailing = { ...world.mailing, status: "stopped", failure: "superseded" };
  await open(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.DRAFT}`);
  await expect(portal.getByText("because the group was replaced by others")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Go on sending" })).toHaveCount(0);
  world.mailing = { ...world.mailing, failure: "internal" };
  await portal.getByRole("link", { name: /^← Back to|^Back to/ }).click();
  await portal.goBack();
  await expect(portal.getByText("Something broke on our side.")).toBeVisible();
  await expect(portal.getByRole("button", { name: "Go on sending" })).toBeVisible();
  await portal.getByRole("button", { name: "Dansk" }).click();
  await expect(portal.getByText("Noget gik i stykker hos os.")).toBeVisible();
});

test("m3 mails that change are read anew in place, and nobody loses their place", async ({
  portal,
  world,
}) => {
  await portal.clock.install();
  await open(portal, world, `/cohorts/${sample.COHORT}/mailings/${sample.MAILED}`);
  const list = `${cohort}/mailings/${sample.MAILED}/messages`;
  const button = portal.getByRole("button", { name: /^Send again to/ }).first();
  await button.focus();
  const read = world.asked("GET", list).length;
  const waiting = sample.mailingMails.findIndex((one) => one.status === "unknown");
  const one = sample.mailingMails[waiting];
  if (one === undefined) throw new Error("no mail waits");
  const told = { ...one, status: "delivered" as const };
  sample.mailingMails[waiting] = told;
  try {
    await portal.clock.fastForward(4_500);
    await expect.poll(() => world.asked("GET", list).length).toBe(read + 1);
    await expect(button).toBeFocused();
  } finally {
    sample.mailingMails[waiting] = one;
  }
});
