import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env["PROSA_WATCHED"] ?? "http://127.0.0.1:3000";
const paths = ["/api", "/v1", "/health", "/metrics", "/docs", "/redoc", "/openapi.json", "/s/", "/assets/"];

/** KaTeX's style sheet names each font in three forms; every browser that we serve reads the first. */
const woff2Only: Plugin = {
  name: "woff2-only",
  enforce: "pre",
  transform: (code, id) => (id.includes("katex.min.css") ? code.replaceAll(/,url\(fonts\/[^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "") : null),
};

export default defineConfig({
  plugins: [react(), tailwindcss(), woff2Only],
  resolve: {
    alias: {
      "@": fileURLToPath(new URL("./src", import.meta.url)),
      // Its form for browsers decodes &amp; by innerHTML, which Trusted Types refuse.
      "decode-named-character-reference": fileURLToPath(new URL("./src/md/entities.ts", import.meta.url)),
    },
  },
  build: {
    outDir: "../src/prosa/web/assets",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json",
    // The policy allows no data: fonts, and a script that mends old browsers' preloading would run for none that we serve.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Parts are named by all the pages that share them: too much for the header that tells a browser to fetch them early.
        chunkFileNames: ({ name }) => (name.startsWith("part~") ? "assets/part-[hash].js" : "assets/[name]-[hash].js"),
        // What every page begins with is one file, and what several share are a few: a browser has six connections with HTTP/1.1.
        codeSplitting: {
          groups: [
            { name: "first", tags: ["$initial"] },
            // Merged with whatever else is small, an icon would bring that along.
            { name: "icons", test: /lucide-react.dist.esm.icons/, minShareCount: 2 },
            { name: "part", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 4000 },
          ],
        },
      },
    },
  },
  server: {
    // The page's origin stays the server's own in its eyes: it refuses writes from elsewhere.
    proxy: Object.fromEntries(paths.map((path) => [path, { target: server, changeOrigin: false, ws: true }])),
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
