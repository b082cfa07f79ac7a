export const errors = {
  unknown: "Algo deu errado. Tente de novo.",
  heading: "Não foi possível carregar",
  rate_limited: (seconds: number) => `Muitas tentativas. Tente de novo em ${seconds} s.`,
  codes: {
    unreachable: "Sem conexão com o servidor.",
    not_signed_in: "Sua sessão terminou. Entre de novo.",
    permission_denied: "Você não tem permissão para isso.",
    not_found: "Isso não existe mais, ou não é seu.",
    changed_meanwhile: "Isso foi alterado em outro lugar. Veja como está agora e tente de novo.",
    database_unavailable: "O banco de dados não responde. Tente de novo em instantes.",
  },
};
