// Groups changed by hand while they await approval: with the mouse, with the keyboard, and by two contacts at once.

import { expect, type Page } from "@playwright/test";
import * as sample from "./sample";
import { signIn, test, type World } from "./world";

const board = `/api/cohorts/${sample.COHORT}/formations/${sample.AWAITING}/board`;

async function open(portal: Page, world: World): Promise<void> {
  await signIn(portal);
  await portal.getByRole("button", { name: "English" }).click();
  await portal.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  await expect(portal.getByRole("button", { name: "Undo" })).toBeVisible();
}

const [first, second] = sample.groups;
const name = first?.members[0]?.name ?? "";
const card = (portal: Page, n: number | undefined) =>
  portal.getByRole("article", { name: `Group ${n}, hold-1` });
const changes = (world: World) => world.calls.filter((call) => call.path === `${board}/changes`);

test("g6 a student is dragged, and what it does is said before they are dropped", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  const student = from.getByText(name);
  await student.dispatchEvent("dragstart");
  await to.dispatchEvent("dragenter");
  await expect(portal.getByText(/^If you let go: Better\. Weakest group 72 → 74\.5/)).toBeVisible();
  expect(changes(world)).toHaveLength(0);
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
  await expect(
    portal.getByText(/^Better\. .*Mends “Nobody alone with: Gender” in group 2\./),
  ).toBeVisible();
  const made = changes(world)[0];
  expect(made?.headers["if-match"]).toBe('"0"');
  expect(JSON.parse(made?.body ?? "")).toEqual({ student: first?.members[0]?.id, to: 2 });

  // Taken back, and made again.
  await portal.getByRole("button", { name: "Undo" }).click();
  await expect(from.getByText(name)).toBeVisible();
  expect(JSON.parse(changes(world)[1]?.body ?? "")).toMatchObject({ to: 1 });
  await portal.getByRole("button", { name: "Redo" }).click();
  await expect(to.getByText(name)).toBeVisible();
  expect(changes(world)[2]?.headers["if-match"]).toBe('"2"');
});

test("g6 a student is moved, exchanged and held fast with the keyboard alone", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const from = card(portal, first?.number);
  const other = second?.members[1];
  await from.getByRole("button", { name: `Move ${name}`, exact: true }).focus();
  await portal.keyboard.press("Enter");
  const dialog = portal.getByRole("dialog");
  await expect(dialog.getByText(/Better\. Weakest group/)).toBeVisible();
  await dialog.getByLabel("Where to").selectOption(`with ${other?.id}`);
  await expect(dialog.getByRole("status")).toContainText("Weakest group 72 → 74.5");
  await dialog.getByRole("button", { name: "Move now" }).press("Enter");
  await expect(from.getByText(other?.name ?? "")).toBeVisible();
  await expect(card(portal, second?.number).getByText(name)).toBeVisible();

  const lock = portal.getByRole("button", { name: "Lock group 1", exact: true }).first();
  await lock.press("Enter");
  await expect(lock).toHaveAttribute("aria-pressed", "true");
  await card(portal, second?.number)
    .getByRole("button", { name: `Move ${name}`, exact: true })
    .press("Enter");
  await portal.getByRole("button", { name: "Hold fast" }).press("Enter");
  await expect(card(portal, second?.number).getByText("held fast")).toBeVisible();
});

test("g6 who comes second is told, sees what the first did, and overwrites nothing", async ({
  portal,
  world,
}) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  world.problems.set(`POST ${board}/changes`, { status: 412, kind: "stale", more: { version: 4 } });
  world.board = { ...world.board, version: 4 };
  const theirs = first?.members[1];
  world.groups = world.groups.map((group) =>
    group.number === first?.number && group.section === first.section
      ? { ...group, members: group.members.filter((member) => member !== theirs) }
      : group,
  );
  await from.getByText(name).dispatchEvent("dragstart");
  await to.dispatchEvent("drop");
  await expect(portal.getByText("Somebody else changed it in the meantime.")).toBeVisible();
  await expect(from.getByText(theirs?.name ?? "")).toHaveCount(0);
  await from.getByText(name).dispatchEvent("dragstart");
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
  expect(changes(world).at(-1)?.headers["if-match"]).toBe('"4"');
});

test("g6 a lost connection while dragging loses nothing", async ({ portal, world }) => {
  await open(portal, world);
  const [from, to] = [card(portal, first?.number), card(portal, second?.number)];
  await portal.route(`**${board}/changes`, (route) => route.abort());
  await from.getByText(name).dispatchEvent("dragstart");
  await to.dispatchEvent("drop");
  await expect(portal.getByText("There is no connection to the service.")).toBeVisible();
  await expect(from.getByText(name)).toBeVisible();
  await portal.unroute(`**${board}/changes`);
  await from.getByText(name).dispatchEvent("dragstart");
  await to.dispatchEvent("drop");
  await expect(to.getByText(name)).toBeVisible();
});

test("g6 a viewer is offered no change", async ({ portal, world }) => {
  world.role = "viewer";
  await signIn(portal);
  await portal.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${world.origin}/portal/cohorts/${sample.COHORT}/formations/${sample.AWAITING}`);
  await expect(portal.getByRole("article").first()).toBeVisible();
  await expect(
    portal.getByRole("button", { name: /^(Move|Flyt|Undo|Fortryd|Lock|Lås)/ }),
  ).toHaveCount(0);
  expect(world.calls.filter((call) => call.path.startsWith(board))).toHaveLength(0);
});
