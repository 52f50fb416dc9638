// The portal on a running stack, from the hosted sign-in to the audit trail: what only the whole can show. STACK
// names the description that `cargo dev` writes (target/dev/<name>/stack.json).

import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";

interface Stack {
  endpoint: string;
  portal_url: string;
  login: { user: string; password: string };
}

const description = process.env.STACK;
if (description === undefined) throw new Error("STACK names no stack.json");
const stack: Stack = JSON.parse(readFileSync(description, "utf8"));
const SHOTS = process.env.SHOTS;

test("p3_the_portal_of_the_stack_signs_in_and_shows_its_cohort", async ({ page, context }) => {
  const strangers: string[] = [];
  const origins = [new URL(stack.portal_url).origin, stack.endpoint];
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "blob:" && !origins.includes(origin)) strangers.push(request.url());
  });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text());
  });
  const shot = async (name: string) => {
    await expect(page.locator(".wait")).toHaveCount(0);
    if (SHOTS !== undefined)
      await page.screenshot({ path: `${SHOTS}/stack-${name}.png`, fullPage: true });
  };

  const answer = await page.goto(stack.portal_url);
  expect(answer?.headers()["content-security-policy"]).toContain(
    `connect-src 'self' ${stack.endpoint}`,
  );
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Username").fill(stack.login.user);
  await page.getByLabel("Password").fill(stack.login.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cohorts");
  await shot("cohorts");

  await page.getByRole("main").getByRole("heading", { level: 2 }).first().getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Answers", exact: true })).toBeVisible();
  await expect(page.locator(".figure")).toContainText("students have answered");
  await shot("cohort");
  await page.getByRole("link", { name: "See who has answered" }).click();
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await shot("students");
  await page.getByRole("link", { name: /^← Back to|^Back to/ }).click();
  await page
    .getByRole("row", { name: /Published/ })
    .getByRole("link")
    .first()
    .click();
  await expect(page.getByRole("article").first()).toBeVisible();
  await page.getByText("Why this group").first().click();
  await shot("groups");
  await page.getByRole("link", { name: "Mails to students" }).click();
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await shot("messages");

  await page.getByRole("link", { name: "Data and deletion" }).click();
  await expect(page.getByRole("heading", { name: "Sub-processors" })).toBeVisible();
  const certificate = page.getByRole("button", { name: /as PDF$/ });
  await expect(certificate.first()).toBeVisible();
  const download = page.waitForEvent("download");
  await certificate.first().click();
  const file = readFileSync(await (await download).path());
  expect(file.subarray(0, 5).toString()).toBe("%PDF-");
  await shot("data");
  await page.getByRole("link", { name: "Audit trail" }).click();
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await shot("audit");
  await page.reload();
  // The local sign-in keeps no session of its own and asks again; on AWS it does not.
  const form = page.getByLabel("Username");
  await form.or(page.getByRole("heading", { level: 1, name: "Audit trail" })).waitFor();
  if (await form.isVisible()) {
    await form.fill(stack.login.user);
    await page.getByLabel("Password").fill(stack.login.password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit trail");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
  expect(strangers).toEqual([]);
  expect(complaints).toEqual([]);
});
