export const library = {
  title: "library",
};
