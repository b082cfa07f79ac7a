import { Switch } from "@base-ui/react/switch";

/** A switch in a row whose name stands elsewhere: `label` is for those who can't see it. */
export function Toggle({ label, checked, disabled = false, onChange }: { label: string; checked: boolean; disabled?: boolean; onChange: (checked: boolean) => void }) {
  return (
    <Switch.Root
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      aria-label={label}
      className="relative inline-block h-6 align-middle w-10 shrink-0 rounded-full border border-edge bg-sunken transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50"
    >
      <Switch.Thumb className="absolute top-0.5 left-0.5 size-4.5 rounded-full bg-edge transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
    </Switch.Root>
  );
}
