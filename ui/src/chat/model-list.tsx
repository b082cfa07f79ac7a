import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { AssistantPicture } from "@/assistants/picture";
import { type AssistantLine, assistantsQuery, OFFERED } from "@/chat/assistants";
import { Face, type ModelPickerProps, TRIGGER, useChosen } from "@/chat/model-picker";
import { type Model, useModels } from "@/chat/models";
import { useWords } from "@/i18n/chat-tools";
import { plain } from "@/md";

type Choice = { kind: "assistant"; id: string; line: AssistantLine } | { kind: "model"; id: string; model: Model };
interface Choices {
  value: string;
  items: Choice[];
}

/** The list of assistants and models that can be searched, open as it comes. */
export function ModelList(props: ModelPickerProps) {
  const words = useWords();
  const said = words.chat.model;
  const [search, setSearch] = useState("");
  const { groups, loading, failed } = useChoices(props.onAssistant !== undefined, search);
  const { chosen, label, name, face } = useChosen(props);
  const value = groups.flatMap((group) => group.items).find((each) => each.id === (props.assistant?.id ?? chosen?.id)) ?? null;
  const field = props.onAssistant === undefined ? said.search : words.tools.assistant.search;
  const nothing = failed ? said.failed : loading ? words.common.loading : groups.length === 0 ? said.noneAtAll : words.tools.assistant.none;

  function pick(picked: Choice | null): void {
    if (picked?.kind === "assistant") props.onAssistant?.(picked.line);
    else if (picked !== null) props.onPick(picked.id);
  }

  return (
    <Combobox.Root items={groups} value={value} onValueChange={pick} onInputValueChange={setSearch} itemToStringLabel={termsOf} isItemEqualToValue={(one: Choice, other: Choice) => one.id === other.id} autoHighlight defaultOpen>
      <Combobox.Trigger aria-label={label} className={TRIGGER}>
        <Face name={name} face={face} />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner align="start" sideOffset={6} className="z-50 outline-none">
          <Combobox.Popup aria-label={said.choose} className="flex max-h-[min(var(--available-height),30rem)] w-88 max-w-(--available-width) flex-col rounded-xl border border-line bg-raised text-sm text-ink shadow-overlay outline-none">
            <Combobox.Input placeholder={field} aria-label={field} className="m-1.5 h-9 rounded-lg border border-edge/60 bg-surface px-3 outline-none placeholder:text-muted focus-visible:border-accent" />
            <Combobox.Empty>
              <p className="px-3.5 pt-1 pb-4 text-muted empty:hidden">{nothing}</p>
            </Combobox.Empty>
            <Combobox.List className="min-h-0 flex-1 overflow-y-auto px-1.5 pb-1.5 outline-none empty:hidden">
              {(group: Choices) => (
                <Combobox.Group key={group.value} items={group.items}>
                  {props.onAssistant !== undefined && <Combobox.GroupLabel className="px-2 pt-2 pb-1 text-xs font-medium text-muted">{group.value}</Combobox.GroupLabel>}
                  <Combobox.Collection>{(each: Choice) => <Row key={each.id} choice={each} />}</Combobox.Collection>
                </Combobox.Group>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

/** What can be chosen now. Who has more assistants than are offered at once finds the others by what they look for. */
function useChoices(assistants: boolean, search: string): { groups: Choices[]; loading: boolean; failed: boolean } {
  const words = useWords().tools.assistant;
  const { data: models, isError } = useModels();
  const first = useQuery({ ...assistantsQuery(), enabled: assistants });
  const wanted = useDeferredValue((first.data?.length ?? 0) < OFFERED ? "" : search.trim());
  const found = useQuery({ ...assistantsQuery(wanted), enabled: assistants && wanted !== "" });
  const lines = new Map([...(first.data ?? []), ...(found.data ?? [])].map((line) => [line.id, line]));
  const offered: Choice[] = [...lines.values()].map((line) => ({ kind: "assistant", id: line.id, line }));
  const named: Choice[] = (models ?? []).map((model) => ({ kind: "model", id: model.id, model }));
  const groups = [
    { value: words.group, items: offered },
    { value: words.models, items: named },
  ];
  return { groups: groups.filter((group) => group.items.length > 0), loading: models === undefined, failed: isError };
}

function termsOf(choice: Choice): string {
  if (choice.kind === "model") return `${choice.model.title} ${choice.id}`;
  return `${choice.line.name ?? ""} ${choice.line.description ?? ""} ${choice.id}`;
}

function Row({ choice }: { choice: Choice }) {
  const words = useWords();
  const line = choice.kind === "assistant" ? choice.line : null;
  const name = choice.kind === "model" ? choice.model.title : plain(choice.line.name ?? words.tools.assistant.untitled);
  const below = choice.kind === "model" ? belowModel(choice.model, words.chat.model.standard) : plain(choice.line.description ?? "") || (choice.line.owner === null ? "" : words.tools.assistant.by(plain(choice.line.owner)));
  return (
    <Combobox.Item value={choice} className="flex min-h-10 cursor-pointer items-center gap-2.5 rounded-lg px-2 py-1.5 outline-none select-none data-highlighted:bg-hover">
      {line !== null && <AssistantPicture name={name} src={line.picture} size={32} />}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{name}</span>
        {below !== "" && <span className="block truncate text-xs text-muted">{below}</span>}
      </span>
      <Combobox.ItemIndicator className="text-accent">
        <Check size={16} aria-hidden />
      </Combobox.ItemIndicator>
    </Combobox.Item>
  );
}

function belowModel(model: Model, standard: string): string {
  return [model.title === model.id ? "" : model.id, model.provider ?? "", model.standard ? standard : ""].filter(Boolean).join(" · ");
}
