import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { ApiError } from "@/api";
import { loadLanguage } from "@/i18n";
import { type Column, DataTable } from "@/ui/table";

interface Fruit {
  id: string;
  weight: number;
}

const FRUIT: Fruit[] = [
  { id: "pera", weight: 20 },
  { id: "Caju", weight: 100 },
  { id: "açaí", weight: 3 },
];
const COLUMNS: Column<Fruit>[] = [
  { key: "id", header: "Fruta", title: true, sort: (fruit) => fruit.id, cell: (fruit) => fruit.id },
  { key: "weight", header: "Peso", end: true, sort: (fruit) => fruit.weight, cell: (fruit) => fruit.weight },
];
const SHARED = { label: "Frutas", columns: COLUMNS, rowKey: (fruit: Fruit) => fruit.id, rowName: (fruit: Fruit) => fruit.id, empty: <p>vazio</p> };

const names = () => screen.getAllByRole("rowheader").map((cell) => cell.textContent);

beforeAll(() => loadLanguage("pt-BR"));
afterEach(cleanup);

test("rows stand as they came until somebody sorts them, by words or by numbers", () => {
  render(<DataTable {...SHARED} rows={FRUIT} />);
  expect(names()).toEqual(["pera", "Caju", "açaí"]);
  fireEvent.click(screen.getByRole("button", { name: "Fruta" }));
  expect(names()).toEqual(["açaí", "Caju", "pera"]);
  fireEvent.click(screen.getByRole("button", { name: "Peso" }));
  expect(names()).toEqual(["Caju", "pera", "açaí"]);
  expect(screen.getByRole("columnheader", { name: "Peso" }).getAttribute("aria-sort")).toBe("descending");
});

test("what is loading, failed or empty is said", () => {
  const retry = vi.fn();
  const { rerender } = render(<DataTable {...SHARED} rows={undefined} />);
  expect(screen.getByRole("status").getAttribute("aria-label")).toBe("Carregando…");
  rerender(<DataTable {...SHARED} rows={undefined} error={new ApiError(0, {})} onRetry={retry} />);
  fireEvent.click(within(screen.getByRole("alert")).getByRole("button"));
  expect(retry).toHaveBeenCalledOnce();
  rerender(<DataTable {...SHARED} rows={[]} />);
  expect(screen.getByText("vazio")).toBeTruthy();
});

function Choosing() {
  const [chosen, onChange] = useState<ReadonlySet<string>>(new Set());
  return <DataTable {...SHARED} rows={FRUIT} selection={{ chosen, onChange }} />;
}

test("rows are chosen one by one and all at once", () => {
  render(<Choosing />);
  fireEvent.click(screen.getByRole("checkbox", { name: "Selecionar Caju" }));
  expect(screen.getByRole("status").textContent).toBe("1 item selecionado");
  fireEvent.click(screen.getByRole("checkbox", { name: "Selecionar todos" }));
  expect(screen.getByRole("status").textContent).toBe("3 itens selecionados");
  fireEvent.click(screen.getByRole("button", { name: "Limpar" }));
  expect(screen.queryByRole("status")).toBeNull();
});
