import { health } from "./admin/health";
import { keys } from "./admin/keys";
import { models } from "./admin/models";
import { providers } from "./admin/providers";
import { settings } from "./admin/settings";
import { usage } from "./admin/usage";
import { overview } from "./admin/overview";
import { people } from "./admin/people";

/** The administration's words; each page has a file of its own. */
export const admin = {
  title: "Administração",
  sections: {
    overview: "Visão geral",
    people: "Pessoas",
    keys: "Chaves",
    providers: "Provedores",
    models: "Modelos",
    limits: "Limites",
    usage: "Uso",
    health: "Saúde",
    settings: "Configurações",
  },
  origins: {
    default: "Padrão",
    database: "Definido aqui",
    discovered: "Encontrado nesta máquina",
    file: "Definido em arquivo",
    environment: "Definido no ambiente",
  },
  errors: {
    edit_conflict: "Alguém alterou isto enquanto você o via. Veja como está agora e tente de novo.",
    last_admin: "Esta é a única pessoa que administra. Dê esse papel a outra antes.",
    email_taken: "Já existe uma conta com este e-mail.",
    invalid_email: "Isto não é um endereço de e-mail.",
    name_taken: "Já existe um com este nome.",
    unknown_model: "Nenhum provedor tem este modelo.",
    unfit_value: "Este valor não serve aqui.",
    in_use: "Isto está em uso como modelo padrão. Escolha outro padrão antes.",
    fixed_by_setting: "Isto é definido onde o prosa é iniciado, e só muda lá.",
    address_not_allowed: "Este endereço é de uma rede privada. Quem opera o servidor precisa incluí-lo em PROSA_PRIVATE_HOSTS.",
    key_needed_again: "O endereço mudou: digite a chave de novo. Uma chave só vai para o endereço para o qual foi informada.",
    too_many_entries: "Já há tantos quantos podem ser guardados.",
    too_many_trials: "Muitos testes em pouco tempo. Espere um minuto.",
  },
  health,
  keys,
  overview,
  people,
  models,
  providers,
  settings,
  usage,
};
