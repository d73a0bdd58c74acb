// The page that writes a mail: the visual editor in a frame of its own, and lines to jump to.
// Without this script the code stands there, which is all the server needs.
const field = document.querySelector("[data-mjml]");
const holder = document.querySelector("[data-visual]");
const code = document.querySelector("[data-code-mode]");

function button(words, pressed) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-small";
  made.textContent = words;
  made.setAttribute("aria-pressed", String(pressed));
  return made;
}

let frame = null;
const byCode = button(holder.dataset.code, true);
const byHand = button(holder.dataset.title, false);

// The editor gives what it holds when asked, so that a save right after a keystroke has it too.
function ask() {
  if (!frame) return;
  const told = frame.contentWindow.kqTake?.();
  if (told) field.value = told;
}

function showCode() {
  ask();
  frame?.remove();
  frame = null;
  code.hidden = false;
  field.form.classList.remove("is-visual");
  byCode.setAttribute("aria-pressed", "true");
  byHand.setAttribute("aria-pressed", "false");
}

function showEditor() {
  if (frame) return;
  frame = document.createElement("iframe");
  frame.className = "visual-frame";
  frame.title = holder.dataset.title;
  frame.src = holder.dataset.visual;
  frame.addEventListener("load", () => frame.contentWindow.kqGive?.(field.value));
  holder.append(frame);
  code.hidden = true;
  field.form.classList.add("is-visual");
  byCode.setAttribute("aria-pressed", "false");
  byHand.setAttribute("aria-pressed", "true");
}

const choice = document.createElement("div");
choice.className = "flex flex-wrap gap-2 mb-4";
choice.setAttribute("role", "group");
choice.append(byHand, byCode);
holder.prepend(choice);
byCode.addEventListener("click", showCode);
byHand.addEventListener("click", showEditor);
field.form.addEventListener("submit", ask, true);
document.addEventListener("htmx:configRequest", (event) => {
  ask();
  if ("mjml" in event.detail.parameters) event.detail.parameters.mjml = field.value;
});

// Whoever comes from a starter or from "Edit" meets the paper, not the code, where there is room.
if (location.hash === "#paper" && matchMedia("(min-width: 1024px)").matches) showEditor();

// "Body, line 7" leads to line 7.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  showCode();
  const lines = field.value.split("\n");
  const from = lines.slice(0, link.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(from, from + (lines[link.dataset.line - 1] ?? "").length);
  const height = field.scrollHeight / Math.max(1, lines.length);
  field.scrollTop = Math.max(0, (link.dataset.line - 4) * height);
});
