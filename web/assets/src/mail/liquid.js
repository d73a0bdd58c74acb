// Liquid that stands between elements is text no editor keeps: it rides in mj-raw.
const PIECE = /<!--[^]*?-->|<(\/?)([A-Za-z][\w:-]*)(?:[^<>"']|"[^"]*"|'[^']*')*?(\/?)>/g;
const MARK = /\{\{[^]*?\}\}|\{%[^]*?%\}/g;
const HOLD = new Set([
  "mj-text", "mj-button", "mj-table", "mj-raw", "mj-style", "mj-title", "mj-preview",
  "mj-social-element", "mj-navbar-link",
]);

export function wrapMarks(mjml) {
  const marks = [];
  const hidden = mjml.replace(MARK, (mark) => `kqmark${marks.push(mark) - 1}x`);
  const stack = [];
  let out = "";
  let last = 0;
  for (const piece of hidden.matchAll(PIECE)) {
    const between = hidden.slice(last, piece.index);
    const inside = stack.length === 0 || stack.some((name) => HOLD.has(name));
    out += inside ? between : between.replace(/kqmark\d+x/g, "<mj-raw>$&</mj-raw>");
    out += piece[0];
    last = piece.index + piece[0].length;
    const name = (piece[2] ?? "").toLowerCase();
    if (!name.startsWith("mj") || piece[3]) continue;
    if (piece[1]) stack.pop();
    else stack.push(name);
  }
  return (out + hidden.slice(last)).replace(/kqmark(\d+)x/g, (_, n) => escapeIn(marks[n]));
}

// The editor reads markup: "<" inside a condition would begin an element.
function escapeIn(mark) {
  return mark.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

// And back: what stands inside braces is Liquid, not markup.
export function unescapeMarks(mjml) {
  return mjml.replace(MARK, (mark) =>
    mark
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#039;", "'")
      .replaceAll("&apos;", "'")
      .replaceAll("&amp;", "&"),
  );
}
