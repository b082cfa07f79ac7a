/** prosa's mark: a speech bubble whose lines are lines of prose. */
export function Mark({ className = "size-6" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
      <path d="M7 5h18a4 4 0 0 1 4 4v10a4 4 0 0 1-4 4H14l-6.5 5V23H7a4 4 0 0 1-4-4V9a4 4 0 0 1 4-4Z" />
      <path d="M9.5 11.5h13M9.5 16.5h8" />
    </svg>
  );
}
