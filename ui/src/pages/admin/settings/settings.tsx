import { useAdminWords } from "@/i18n/admin";
import { Head } from "@/pages/admin/parts";
import { ChangeLog } from "@/pages/admin/settings/change-log";
import { type Area, type Setting, useSettings } from "@/pages/admin/settings/data";
import { SettingRow } from "@/pages/admin/settings/setting-row";
import { ErrorState, SkeletonList } from "@/ui";

/** What can be changed while the server runs, and who changed what. */
export function SettingsPage() {
  const words = useAdminWords().settings;
  return (
    <>
      <Head title={words.title} text={words.text} />
      <AreaOf area="settings" group={(setting) => setting.section} />
      <ChangeLog />
    </>
  );
}

/** How much, how large, how often. */
export function LimitsPage() {
  const words = useAdminWords().settings;
  return (
    <>
      <Head title={words.limitsTitle} text={words.limitsText} />
      <AreaOf area="limits" group={(setting) => (setting.unit?.includes("minute") ? "rate" : "size")} />
    </>
  );
}

function AreaOf({ area, group }: { area: Area; group: (setting: Setting) => string }) {
  const words = useAdminWords().settings;
  const { settings, error, retry, save } = useSettings(area);
  if (settings === undefined) return error ? <ErrorState error={error} onRetry={retry} /> : <SkeletonList rows={6} className="h-20" />;
  const names = [...new Set(settings.map(group))];
  return (
    <div className="flex flex-col gap-10">
      {names.map((name) => (
        <section key={name} aria-labelledby={`group-${name}`}>
          <h3 id={`group-${name}`} className="mb-3 font-semibold">
            {words.sections[name] ?? name}
          </h3>
          <SettingList settings={settings.filter((setting) => group(setting) === name)} save={save} />
        </section>
      ))}
    </div>
  );
}

/** Settings in a quiet box, each with its own "save". */
export function SettingList({ settings, save }: { settings: readonly Setting[]; save: ReturnType<typeof useSettings>["save"] }) {
  return (
    <div className="divide-y divide-line rounded-xl border border-line bg-surface">
      {settings.map((setting) => (
        <SettingRow key={setting.key} setting={setting} save={(value) => save(setting, value)} />
      ))}
    </div>
  );
}
