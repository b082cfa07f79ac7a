import type { LanguageFn } from "highlight.js";

type Source = () => Promise<{ default: LanguageFn }>;

// Each comes on its own, when an answer has code in it.
const SOURCES: Record<string, Source> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  css: () => import("highlight.js/lib/languages/css"),
  dart: () => import("highlight.js/lib/languages/dart"),
  diff: () => import("highlight.js/lib/languages/diff"),
  dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
  elixir: () => import("highlight.js/lib/languages/elixir"),
  go: () => import("highlight.js/lib/languages/go"),
  graphql: () => import("highlight.js/lib/languages/graphql"),
  haskell: () => import("highlight.js/lib/languages/haskell"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  julia: () => import("highlight.js/lib/languages/julia"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  latex: () => import("highlight.js/lib/languages/latex"),
  lua: () => import("highlight.js/lib/languages/lua"),
  makefile: () => import("highlight.js/lib/languages/makefile"),
  markdown: () => import("highlight.js/lib/languages/markdown"),
  matlab: () => import("highlight.js/lib/languages/matlab"),
  nginx: () => import("highlight.js/lib/languages/nginx"),
  perl: () => import("highlight.js/lib/languages/perl"),
  php: () => import("highlight.js/lib/languages/php"),
  powershell: () => import("highlight.js/lib/languages/powershell"),
  python: () => import("highlight.js/lib/languages/python"),
  r: () => import("highlight.js/lib/languages/r"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  scala: () => import("highlight.js/lib/languages/scala"),
  scss: () => import("highlight.js/lib/languages/scss"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  vbnet: () => import("highlight.js/lib/languages/vbnet"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};

const ALIASES: Record<string, string> = {
  "c#": "csharp",
  "c++": "cpp",
  cs: "csharp",
  console: "bash",
  docker: "dockerfile",
  env: "ini",
  ex: "elixir",
  golang: "go",
  h: "c",
  hpp: "cpp",
  hs: "haskell",
  htm: "xml",
  html: "xml",
  js: "javascript",
  jsonc: "json",
  jsx: "javascript",
  kt: "kotlin",
  make: "makefile",
  md: "markdown",
  patch: "diff",
  pl: "perl",
  postgresql: "sql",
  ps1: "powershell",
  py: "python",
  python3: "python",
  rb: "ruby",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  sqlite: "sql",
  svelte: "xml",
  svg: "xml",
  tex: "latex",
  toml: "ini",
  ts: "typescript",
  tsx: "typescript",
  vb: "vbnet",
  vue: "xml",
  yml: "yaml",
  zsh: "bash",
};

/** How the languages are called whose names aren't just written with a capital. */
const NAMES: Record<string, string> = {
  cpp: "C++",
  csharp: "C#",
  css: "CSS",
  graphql: "GraphQL",
  html: "HTML",
  ini: "INI",
  javascript: "JavaScript",
  js: "JavaScript",
  json: "JSON",
  jsx: "JSX",
  latex: "LaTeX",
  matlab: "MATLAB",
  php: "PHP",
  powershell: "PowerShell",
  scss: "SCSS",
  sql: "SQL",
  svg: "SVG",
  toml: "TOML",
  ts: "TypeScript",
  tsx: "TSX",
  typescript: "TypeScript",
  vbnet: "VB.NET",
  xml: "XML",
  yaml: "YAML",
  yml: "YAML",
};

/** The language of a code block by what stands beside its fence: the name we have it under, or null for one that we don't know. */
export function languageOf(info: string): string | null {
  const word = wordOf(info).toLowerCase();
  const name = Object.hasOwn(ALIASES, word) ? ALIASES[word] : word;
  return name !== undefined && Object.hasOwn(SOURCES, name) ? name : null;
}

function wordOf(info: string): string {
  return info.trim().split(/[\s{,:]/, 1)[0] ?? "";
}

/** What is written above a code block. */
export function labelOf(info: string): string {
  const word = wordOf(info).slice(0, 30);
  const key = word.toLowerCase();
  if (Object.hasOwn(NAMES, key)) return NAMES[key] ?? word;
  const known = languageOf(info);
  if (known === null) return word;
  return Object.hasOwn(NAMES, known) ? (NAMES[known] ?? word) : known.charAt(0).toUpperCase() + known.slice(1);
}

export async function grammarOf(language: string): Promise<LanguageFn | null> {
  const source = Object.hasOwn(SOURCES, language) ? SOURCES[language] : undefined;
  return source === undefined ? null : (await source()).default;
}
