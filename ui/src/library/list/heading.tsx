import type { ReactNode } from "react";

export function Heading({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex min-h-8 items-center justify-between pl-2">
      <h3 className="text-xs font-medium text-muted">{children}</h3>
      {action}
    </div>
  );
}
