// "/" goes to the search field from anywhere but a field one types in.
const typing = (target) =>
  target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

export function listenToKeys(document) {
  document.addEventListener("keydown", (event) => {
    const search = document.querySelector("[data-search]");
    if (!search || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}
