// What the addresses of these pages say beside their paths.

/** The place of a document that a link points at. */
export interface Place {
  start?: number;
  end?: number;
  page?: number;
}

export function placeOf(search: Record<string, unknown>): Place {
  const place: Place = {};
  for (const name of ["start", "end", "page"] as const) {
    const value = search[name];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31) place[name] = value;
  }
  return place;
}

/** Which part of a base is shown. */
export interface View {
  view?: "ask";
}

export const viewOf = (search: Record<string, unknown>): View => (search["view"] === "ask" ? { view: "ask" } : {});
