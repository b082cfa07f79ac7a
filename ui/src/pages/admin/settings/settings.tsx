export function LimitsPage() {
  return null;
}
export function SettingsPage() {
  return null;
}
