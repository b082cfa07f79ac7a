import { useAdminWords } from "@/i18n/admin";
import type { Model } from "@/pages/admin/models/data";
import type { ModelDraft, PriceDraft } from "@/pages/admin/models/draft";
import { TextInput } from "@/ui";

interface PriceFieldsProps {
  model: Model;
  draft: ModelDraft;
  put: (changes: Partial<ModelDraft>) => void;
  wrong: string | null;
}

const PARTS: readonly (keyof PriceDraft)[] = ["input", "output", "cached"];

/** What the model costs here, where the maintained table doesn't know it or knows it wrong. */
export function PriceFields({ model, draft, put, wrong }: PriceFieldsProps) {
  const words = useAdminWords().models.form.price;
  const { price } = draft;
  if (model.price_origin === "file" || model.price_origin === "environment") return <p className="text-sm text-muted">{words.fixed}</p>;
  return (
    <fieldset className="flex flex-col gap-2" aria-describedby="price-hint">
      <legend className="mb-1 text-sm font-medium">{words.title}</legend>
      <div className="grid grid-cols-3 gap-3">
        {PARTS.map((part) => (
          <label key={part} className="flex min-w-0 flex-col gap-1 text-sm">
            <span className="text-muted">{words[part]}</span>
            <TextInput
              inputMode="decimal"
              autoComplete="off"
              className="text-right tabular-nums"
              aria-invalid={wrong !== null || undefined}
              value={price[part]}
              onChange={(event) => put({ price: { ...price, [part]: event.target.value } })}
            />
          </label>
        ))}
      </div>
      {wrong !== null && (
        <p role="alert" className="text-sm text-danger">
          {wrong}
        </p>
      )}
      <p id="price-hint" className="text-sm text-muted">
        {words.hint}
      </p>
    </fieldset>
  );
}
