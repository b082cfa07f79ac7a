import { Combobox } from "@base-ui/react/combobox";
import { Check, ChevronDown } from "lucide-react";
import { type Model, useModels } from "@/chat/models";
import { useWords } from "@/i18n";

interface ModelPickerProps {
  /** Null: whatever is the default. */
  model: string | null;
  onPick: (id: string) => void;
}

/** The model that answers, chosen from a list that can be searched. */
export function ModelPicker({ model, onPick }: ModelPickerProps) {
  const words = useWords();
  const said = words.chat.model;
  const { data: models, isError } = useModels();
  const chosen = models?.find((each) => each.id === model) ?? (model === null ? models?.find((each) => each.standard) : undefined) ?? null;
  const name = chosen?.title ?? model ?? said.byDefault;
  return (
    <Combobox.Root
      items={models ?? []}
      value={chosen}
      onValueChange={(picked: Model | null) => picked !== null && onPick(picked.id)}
      itemToStringLabel={(each: Model) => `${each.title} ${each.id}`}
      isItemEqualToValue={(one: Model, other: Model) => one.id === other.id}
      autoHighlight
    >
      <Combobox.Trigger
        aria-label={`${said.label}: ${name}`}
        className="flex min-h-9 max-w-full min-w-0 items-center gap-1.5 rounded-lg px-2.5 text-sm text-muted transition-colors hover:bg-hover hover:text-ink data-popup-open:bg-hover"
      >
        <span className="truncate">{name}</span>
        <ChevronDown size={16} className="shrink-0" aria-hidden />
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
