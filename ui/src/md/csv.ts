// What spreadsheets take for a formula, also written wide; a plain number may begin with its sign.
const FORMULA = /^[\s]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]|^[\t\r\n]/u;
const NUMBER = /^[+-]?(?:R\$|US\$|[$€£])?\s?\d[\d.,\s]*%?$/u;

function cell(text: string): string {
  const value = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",;\r\n\t]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Rows as CSV (RFC 4180); what a spreadsheet would run is marked as text. */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(cell).join(",")).join("\r\n");
}
