const BROWSERS: readonly (readonly [sign: string, name: string])[] = [
  ["Edg", "Edge"],
  ["EdgA", "Edge"],
  ["OPR", "Opera"],
  ["SamsungBrowser", "Samsung Internet"],
  ["Firefox", "Firefox"],
  ["FxiOS", "Firefox"],
  ["CriOS", "Chrome"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
];
const SYSTEMS: readonly (readonly [sign: string, name: string])[] = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS X", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
];

/** "Firefox · Linux" where a browser's long name tells so much, else that name, cut; and whether it is carried about. */
export function deviceOf(agent: string): { name: string; mobile: boolean } {
  const browser = BROWSERS.find(([sign]) => agent.includes(`${sign}/`))?.[1];
  const system = SYSTEMS.find(([sign]) => agent.includes(sign))?.[1];
  const mobile = system === "Android" || system === "iPhone" || system === "iPad";
  const known = [browser, system].filter((each) => each !== undefined).join(" · ");
  return { name: browser === undefined ? agent.slice(0, 60) : known, mobile };
}
