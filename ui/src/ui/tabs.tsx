import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

interface Way {
  section: string;
  label: ReactNode;
}

interface SectionNavProps {
  /** Names the navigation for those who hear the page. */
  label: string;
  to: "/profile/$section" | "/admin/$section";
  ways: readonly Way[];
}

/** The pages of an area, side by side; on narrow screens the row is scrolled. Each is an address of its own. */
export function SectionNav({ label, to, ways }: SectionNavProps) {
  const row = useRef<HTMLElement>(null);
  // Where the row is scrolled, the page that is shown is in sight.
  useEffect(() => {
    void row.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  });
  return (
    <nav ref={row} aria-label={label} className="mb-8 overflow-x-auto border-b border-line">
      <ul className="flex gap-1">
        {ways.map(({ section, label: text }) => (
          <li key={section}>
            <Link
              to={to}
              params={{ section }}
              className="-mb-px block border-b-2 border-transparent px-3 py-2.5 text-sm font-medium whitespace-nowrap text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
