// Nothing may become HTML or script but the empty text, with which libraries clear an element.
interface Factory {
  createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown;
}

const factory = (window as { trustedTypes?: Factory }).trustedTypes;
factory?.createPolicy("default", { createHTML: (text) => (text === "" ? "" : null) });

export {};
