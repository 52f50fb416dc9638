import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  testMatch: process.env.STACK === undefined ? "journey/*.spec.ts" : "stack/*.spec.ts",
  timeout: 60_000,
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
