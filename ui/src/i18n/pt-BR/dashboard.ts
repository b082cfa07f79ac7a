export const dashboard = {
  title: "Início",
  chart: {
    showTable: "Ver como tabela",
    hideTable: "Ocultar a tabela",
    failed: "O gráfico não pôde ser desenhado. Os números estão na tabela.",
    calls: "Chamadas",
    asked: "Tokens enviados",
    answered: "Tokens recebidos",
    cost: "Custo",
    noName: "Sem nome",
  },
};
