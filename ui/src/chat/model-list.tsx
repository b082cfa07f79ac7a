import { Combobox } from "@base-ui/react/combobox";
import { Check } from "lucide-react";
import { Face, type ModelPickerProps, TRIGGER, useChosen } from "@/chat/model-picker";
import { type Model, useModels } from "@/chat/models";
import { useWords } from "@/i18n";

/** The list of models that can be searched, open as it comes. */
export function ModelList({ model, onPick }: ModelPickerProps) {
  const words = useWords();
  const said = words.chat.model;
  const { data: models, isError } = useModels();
  const { chosen, label, name } = useChosen(model);
  return (
    <Combobox.Root
      items={models ?? []}
      value={chosen}
      onValueChange={(picked: Model | null) => picked !== null && onPick(picked.id)}
      itemToStringLabel={(each: Model) => `${each.title} ${each.id}`}
      isItemEqualToValue={(one: Model, other: Model) => one.id === other.id}
      autoHighlight
      defaultOpen
    >
      <Combobox.Trigger aria-label={label} className={TRIGGER}>
        <Face name={name} />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner align="start" sideOffset={6} className="z-50 outline-none">
          <Combobox.Popup
            aria-label={said.choose}
            className="flex max-h-[min(var(--available-height),26rem)] w-80 max-w-(--available-width) flex-col rounded-xl border border-line bg-raised text-sm text-ink shadow-overlay outline-none"
          >
            <Combobox.Input placeholder={said.search} aria-label={said.search} className="m-1.5 h-9 rounded-lg border border-edge/60 bg-surface px-3 outline-none placeholder:text-muted focus-visible:border-accent" />
            <Combobox.Empty>
              <p className="px-3.5 pt-1 pb-4 text-muted empty:hidden">{isError ? said.failed : models?.length === 0 ? said.noneAtAll : models === undefined ? words.common.loading : said.none}</p>
            </Combobox.Empty>
            <Combobox.List className="min-h-0 flex-1 overflow-y-auto px-1.5 pb-1.5 outline-none empty:hidden">{(each: Model) => <Choice key={each.id} model={each} />}</Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

function Choice({ model }: { model: Model }) {
  const said = useWords().chat.model;
  const below = [model.title === model.id ? "" : model.id, model.provider ?? "", model.standard ? said.standard : ""].filter(Boolean).join(" · ");
  return (
    <Combobox.Item value={model} className="flex min-h-10 cursor-pointer items-center gap-2 rounded-lg px-2 py-1.5 outline-none select-none data-highlighted:bg-hover">
      <span className="min-w-0 flex-1">
        <span className="block truncate">{model.title}</span>
        {below !== "" && <span className="block truncate text-xs text-muted">{below}</span>}
      </span>
      <Combobox.ItemIndicator className="text-accent">
        <Check size={16} aria-hidden />
      </Combobox.ItemIndicator>
    </Combobox.Item>
  );
}
