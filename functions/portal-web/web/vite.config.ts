import { defineConfig } from "vitest/config";

// The stack that `npm run dev` hands calls on to: `portal_url` of target/dev/stack.json, without its path.
const stack = process.env.PORTAL_STACK;

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
    ...(stack ? { proxy: { "/api": stack, "/portal/config.json": stack } } : {}),
  },
  test: { include: ["tests/unit/**/*.test.ts"] },
});
