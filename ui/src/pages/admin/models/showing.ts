import { useQueryClient } from "@tanstack/react-query";
import { useAdminWords } from "@/i18n/admin";
import { CATALOGUE, changeModel, type Model, type ModelsFound } from "@/pages/admin/models/data";
import { useAct } from "@/pages/admin/optimistic";

/** Shows a model to everybody, or hides it: at once here, and back if the server refuses. */
export function useShowing(): (model: Model, enabled: boolean) => void {
  const client = useQueryClient();
  const act = useAct();
  const words = useAdminWords().models;
  return (model, enabled) =>
    void act({
      touches: CATALOGUE,
      show: () => {
        const before = client.getQueryData<ModelsFound>(CATALOGUE);
        client.setQueryData<ModelsFound>(CATALOGUE, (page) => page && { ...page, data: page.data.map((each) => (each.id === model.id ? { ...each, enabled } : each)) });
        return () => client.setQueryData(CATALOGUE, before);
      },
      send: async () => {
        await changeModel(model.id, { enabled });
        void client.invalidateQueries({ queryKey: ["models"] });
      },
      failed: (why) => words.notChanged(model.id, why),
    });
}
