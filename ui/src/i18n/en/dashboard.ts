import type { dashboard as form } from "../pt-BR/dashboard";

export const dashboard: typeof form = {
  title: "Home",
  chart: {
    showTable: "Show as a table",
    hideTable: "Hide the table",
    failed: "The chart could not be drawn. The numbers are in the table.",
    calls: "Calls",
    asked: "Tokens sent",
    answered: "Tokens received",
    cost: "Cost",
    noName: "No name",
  },
};
