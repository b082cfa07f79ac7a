import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env["PROSA_WATCHED"] ?? "http://127.0.0.1:3000";
const paths = ["/api", "/v1", "/health", "/metrics", "/docs", "/redoc", "/openapi.json", "/s/", "/assets/"];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/prosa/web/assets",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json",
    // The policy allows no data: fonts, and a script that mends old browsers' preloading would run for none that we serve.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    // The page's origin stays the server's own in its eyes: it refuses writes from elsewhere.
    proxy: Object.fromEntries(paths.map((path) => [path, { target: server, changeOrigin: false, ws: true }])),
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
