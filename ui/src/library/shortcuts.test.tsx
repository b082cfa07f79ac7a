import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rebind, resetShortcuts, useShortcut, useShortcuts } from "@/library/shortcuts";

const run = vi.fn();

function Page() {
  useShortcut("mod+k", run, { id: "palette", label: "Ir para" });
  return useShortcuts().map((each) => (
    <p key={each.id}>
      {each.label} {each.keys ?? "-"}
    </p>
  ));
}

function press(key: string, init: KeyboardEventInit = { ctrlKey: true }): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  act(() => void document.body.dispatchEvent(event));
  return event;
}

describe("the shortcuts of a page", () => {
  beforeEach(() => run.mockReset());
  afterEach(() => {
    cleanup();
    act(resetShortcuts);
  });

  it("run once, and keep the browser from doing something else", () => {
    render(<Page />);
    expect(press("k").defaultPrevented).toBe(true);
    press("k", { ctrlKey: true, repeat: true });
    expect(run).toHaveBeenCalledOnce();
  });

  it("take other keys, which this browser keeps", () => {
    render(<Page />);
    act(() => rebind("palette", "mod+j"));
    screen.getByText("Ir para mod+j");
    press("k");
    expect(run).not.toHaveBeenCalled();
    press("j");
    expect(run).toHaveBeenCalledOnce();
    expect(JSON.parse(localStorage.getItem("prosa.shortcuts") ?? "")).toEqual({ palette: "mod+j" });
  });

  it("can be switched off, and are gone with their page", () => {
    const { unmount } = render(<Page />);
    act(() => rebind("palette", null));
    expect(press("k").defaultPrevented).toBe(false);
    act(resetShortcuts);
    unmount();
    press("k");
    expect(run).not.toHaveBeenCalled();
  });
});
