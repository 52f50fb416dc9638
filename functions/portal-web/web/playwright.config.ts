import { defineConfig } from "@playwright/test";

/** What is run: what is measured, the walks of a running stack, those of pages that were drawn, or the portal's. */
function tests(): string {
  if (process.env.BENCH !== undefined) return "bench/*.bench.ts";
  if (process.env.STACK !== undefined) return "stack/*.spec.ts";
  return process.env.DRAWN === undefined ? "journey/*.spec.ts" : "drawn/*.spec.ts";
}

export default defineConfig({
  testDir: "tests",
  testMatch: tests(),
  timeout: 60_000,
  // A busy machine is slow, not wrong; what fails once and passes then is listed as flaky.
  expect: { timeout: 15_000 },
  retries: process.env.STACK === undefined ? 1 : 0,
  workers: 1,
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Copenhagen",
    launchOptions: {
      // Debian's own; nothing is downloaded.
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
    },
  },
});
