import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { Aliases } from "@/pages/admin/models/aliases";
import { Catalogue } from "@/pages/admin/models/catalogue";
import { CATALOGUE, isAlias, listModels, type Model } from "@/pages/admin/models/data";
import { ModelDialog } from "@/pages/admin/models/model-dialog";
import { Head } from "@/pages/admin/parts";
import { useSettings } from "@/pages/admin/settings/data";
import { SettingList } from "@/pages/admin/settings/settings";
import { ErrorState, Section, SkeletonList } from "@/ui";

/** The names that a call may carry. */
export function ModelsPage() {
  const words = useAdminWords().models;
  const [editing, setEditing] = useState<Model | "new" | null>(null);
  const found = useQuery({ queryKey: CATALOGUE, queryFn: listModels });
  const models = found.data?.data;
  return (
    <>
      <Head title={words.title} text={words.text} />
      <Defaults />
      {models === undefined ? (
        found.error ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <SkeletonList rows={6} />
        )
      ) : (
        <>
          <Aliases aliases={models.filter(isAlias)} onEdit={setEditing} />
          <Catalogue models={models.filter((model) => !isAlias(model))} onEdit={setEditing} />
        </>
      )}
      {editing !== null && <ModelDialog model={editing === "new" ? null : editing} names={models?.filter((model) => !isAlias(model)).map((model) => model.id) ?? []} onClose={() => setEditing(null)} />}
    </>
  );
}

const KEYS = ["gateway.default_model", "gateway.default_embedding_model"];

function Defaults() {
  const words = useAdminWords().models;
  const { settings, error, retry, save } = useSettings("settings");
  return (
    <Section title={words.defaults} description={words.defaultsText}>
      {settings === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={retry} />
        ) : (
          <SkeletonList rows={2} className="h-20" />
        )
      ) : (
        <SettingList settings={settings.filter((setting) => KEYS.includes(setting.key))} save={save} />
      )}
    </Section>
  );
}
