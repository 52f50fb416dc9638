// The way to a page, as who looks at it.

import type { Page } from "@playwright/test";
import { signIn, type World } from "./world";

/** Goes to a page of the portal, as a link would. */
export async function go(portal: Page, world: World, place: string): Promise<void> {
  await portal.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${world.origin}/portal${place}`);
}

/** Signs in, reads English and goes to a page. */
export async function openAt(portal: Page, world: World, place: string): Promise<void> {
  await signIn(portal);
  await portal.getByRole("button", { name: "English" }).click();
  await go(portal, world, place);
}

/** The same as an operator, who says why. */
export async function openFor(
  reason: string,
  portal: Page,
  world: World,
  place: string,
): Promise<void> {
  world.role = "operator";
  await signIn(portal);
  await portal.getByRole("button", { name: "English" }).click();
  await portal.getByLabel("Reason, in one line").fill(reason);
  await portal.keyboard.press("Enter");
  await go(portal, world, place);
}
