import { describe, expect, it } from "vitest";
import { bindingOf, isAllowed, isPressed, keyNames, type Keys } from "@/library/shortcut-keys";

const keys = (key: string, ...held: string[]): Keys => ({
  key,
  ctrlKey: held.includes("ctrl"),
  metaKey: held.includes("meta"),
  altKey: held.includes("alt"),
  shiftKey: held.includes("shift"),
  getModifierState: (name) => held.includes(name),
});

describe("a shortcut", () => {
  it("is pressed by what the key writes, in either case", () => {
    expect(isPressed("mod+k", keys("k", "ctrl"))).toBe(true);
    expect(isPressed("mod+k", keys("K", "ctrl"))).toBe(true); // caps lock
    expect(isPressed("mod+shift+o", keys("O", "ctrl", "shift"))).toBe(true);
    expect(isPressed("mod+shift+o", keys("o", "ctrl"))).toBe(false);
    expect(isPressed("mod+k", keys("K", "ctrl", "shift"))).toBe(false);
    expect(isPressed("mod+k", keys("k", "ctrl", "alt"))).toBe(false);
    expect(isPressed("mod+k", keys("k"))).toBe(false);
  });

  it("is found on Brazilian and other keyboards", () => {
    expect(isPressed("mod+/", keys("/", "ctrl"))).toBe(true); // ABNT2: a key of its own
    expect(isPressed("mod+/", keys("/", "ctrl", "shift"))).toBe(true); // German: Shift and 7
    expect(isPressed("mod+/", keys("/", "ctrl", "alt", "AltGraph"))).toBe(false); // AltGr writes a slash: it isn't a shortcut
    expect(isPressed("mod+shift+;", keys(":", "ctrl", "shift"))).toBe(true);
  });

  it("is recorded as it is pressed", () => {
    expect(bindingOf(keys("Control", "ctrl"))).toBeNull();
    expect(bindingOf(keys("J", "ctrl", "shift"))).toBe("mod+shift+j");
    expect(bindingOf(keys(":", "ctrl", "shift"))).toBe("mod+shift+;");
    expect(bindingOf(keys("F4"))).toBe("f4");
    for (const pressed of [keys("J", "ctrl", "shift"), keys(":", "ctrl", "shift"), keys("/", "ctrl"), keys("F4"), keys("+", "ctrl", "shift")]) {
      expect(isPressed(bindingOf(pressed) ?? "", pressed)).toBe(true);
    }
  });

  it("is never a letter alone", () => {
    expect(["k", "shift+k", "/", "escape"].filter(isAllowed)).toEqual([]);
    expect(["mod+k", "alt+n", "f2", "mod+shift+;"].every(isAllowed)).toBe(true);
  });

  it("reads as it stands on the keys", () => {
    expect(keyNames("mod+shift+o", { mod: "Ctrl", shift: "Shift" })).toEqual(["Ctrl", "Shift", "O"]);
    expect(keyNames("mod++", { mod: "Ctrl" })).toEqual(["Ctrl", "+"]);
  });
});
