// "/" goes to the search field, and a letter presses the button it stands on, from anywhere but a
// field one types in.
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
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1]; // where the key is: a Vietnamese keyboard types with it
    if (letter) document.querySelector(`[data-shortcut="${letter.toLowerCase()}"]:not(:disabled)`)?.click();
  });
}
