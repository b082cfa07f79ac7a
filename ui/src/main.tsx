import "@/app/trusted-types";
import "@/ui/theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { loadLanguage, preferredLanguage } from "@/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
await loadLanguage(preferredLanguage());
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
