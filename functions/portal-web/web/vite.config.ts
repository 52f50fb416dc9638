import { defineConfig } from "vitest/config";

// The stack that `npm run dev` hands calls on to: `portal_url` of target/dev/stack.json, without its path.
const stack = process.env.PORTAL_STACK ? new URL(process.env.PORTAL_STACK) : undefined;
// Browsers find names below `localhost`, Node may not.
const local = stack?.hostname.endsWith(".localhost")
  ? `http://127.0.0.1:${stack.port}`
  : stack?.origin;
const proxy = { target: local ?? "", headers: { host: stack?.host ?? "" } };

export default defineConfig({
  base: "/portal/",
  build: {
    target: "es2022",
    // Everything is a file of its own: the policy of the page allows neither inline code nor `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
  },
  server: {
    port: 5173,
    strictPort: true,
    ...(stack ? { proxy: { "/api": proxy, "/portal/config.json": proxy } } : {}),
  },
  test: { include: ["tests/unit/**/*.test.ts"] },
});
