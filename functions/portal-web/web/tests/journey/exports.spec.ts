// Everything of the institution, handed back: asked for once, followed, fetched file by file.

import { expect, type Page } from "@playwright/test";
import { openFor } from "./places";
import * as duties from "./sample-duties";
import { test, type World } from "./world";

const open = (portal: Page, world: World, place: string) =>
  openFor("Export 2026-9", portal, world, place);

test("d6 an export is asked for once and shows its files when it is ready", async ({
  portal,
  world,
}) => {
  await open(portal, world, "/data");
  await portal.getByRole("link", { name: "Export everything of the institution" }).click();
  await expect(portal.getByRole("row")).toHaveCount(1 + duties.exports.length);
  await portal.getByRole("button", { name: "Ask for an export" }).click();
  const dialog = portal.getByRole("dialog");
  const go = dialog.getByRole("button", { name: "Ask for an export" });
  world.problems.set("POST /api/institution/export", { status: 409, kind: "erasure-runs" });
  await go.click();
  await expect(dialog.getByText(/must not hold what goes/)).toBeVisible();
  await go.click();
  await expect(portal.getByText("The files are being written.")).toBeVisible();
  await expect(portal.getByText("contacts", { exact: true })).toBeVisible();
  const [first, second] = world.asked("POST", "/api/institution/export");
  expect(first?.headers["idempotency-key"]).toBe(second?.headers["idempotency-key"]);

  world.duties.exports = [duties.exported(9, { status: "ready" })];
  await expect(portal.getByText("3 files, 2.1 MB")).toBeVisible({ timeout: 45_000 });
  const rows = portal.getByRole("row");
  await expect(rows.nth(1)).toContainText("manifest.json");
});

test("d6 a file is fetched from an address of its own, beside the page", async ({
  portal,
  world,
}) => {
  await portal.clock.install();
  await open(portal, world, `/exports/${duties.READY}`);
  const fetched = portal.context().waitForEvent("request", (it) => it.url().includes("/bucket/"));
  await portal.getByRole("button", { name: "Fetch manifest.json" }).click();
  // A link that one follows oneself: browsers block windows that open later than a click.
  const link = portal.getByRole("link", { name: "Save manifest.json" });
  await expect(link).toBeFocused();
  await portal.keyboard.press("Enter");
  const request = await fetched;
  expect(request.url()).toBe(`${world.origin}/bucket/manifest.json?signed`);
  const headers = await request.allHeaders();
  expect(headers.referer, "it is not told where it was opened").toBeUndefined();
  expect(headers.authorization).toBeUndefined();
  await expect(portal.getByText("The browser saves it.")).toBeVisible();
  await portal.clock.fastForward("04:00");
  await expect(link).toBeVisible();
  await portal.clock.fastForward("01:05");
  await expect(link).toHaveCount(0);
  const file = "audit-00001.jsonl";
  world.problems.set(`GET /api/institution/exports/${duties.READY}/files/${file}`, {
    status: 409,
    kind: "export-not-ready",
  });
  await portal.getByRole("button", { name: `Fetch ${file}` }).click();
  await expect(portal.getByText("The export has no files to fetch.")).toBeVisible();
});
