// What to say stands in the page; when all is said the page says so.
export const told = window.told;
export const at = new Date(told.at);
export const finish = () => {
  window.hasSpoken = true;
};
