import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `COUNTERSIGN_NODE` is the node that the development server asks: one that `countersign demo` has
// started.
const node = process.env["COUNTERSIGN_NODE"] ?? "http://127.0.0.1:26657";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  server: { proxy: { "/v1": node, "/verify": node } },
  build: {
    // The folder itself is in git: node/build.rs watches it. `scripts/pack.mjs` empties it.
    emptyOutDir: false,
    target: "es2022",
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      output: {
        // Few files: a caller without a token may ask ten times a second.
        manualChunks: (id) => {
          if (/node_modules\/(echarts|zrender)/.test(id)) return "charts";
          if (/node_modules\/(@noble|cborg|lossless-json)/.test(id)) return "verifier";
          return id.includes("node_modules") ? "library" : undefined;
        },
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
