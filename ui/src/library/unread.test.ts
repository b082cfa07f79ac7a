import { renderHook, act } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { conversation } from "@/library/testing";
import { lookAt, noteAnswers, useUnread } from "@/library/unread";

describe("an answer that ends while nobody looks", () => {
  beforeEach(() => act(() => lookAt(null)));

  it("is marked until somebody looks", () => {
    const { result } = renderHook(() => useUnread("conv_1"));
    act(() => noteAnswers([conversation({ answering: true })]));
    expect(result.current).toBe(false);
    act(() => noteAnswers([conversation({ answering: false })]));
    expect(result.current).toBe(true);
    act(() => lookAt("conv_1"));
    expect(result.current).toBe(false);
    act(() => noteAnswers([conversation({ answering: false })]));
    expect(result.current).toBe(false);
  });

  it("isn't marked where it is open", () => {
    const { result } = renderHook(() => useUnread("conv_1"));
    act(() => lookAt("conv_1"));
    act(() => noteAnswers([conversation({ answering: true })]));
    act(() => noteAnswers([conversation({ answering: false })]));
    expect(result.current).toBe(false);
  });
});
