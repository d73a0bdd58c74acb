// What mj-attributes says of all elements of a name. The editor does not know it, so each element is
// told, and told off again when the mail is taken back.
const TAG = /<(mj-[\w-]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>/g;
const TOLD = /([\w-]+)\s*=\s*"([^"]*)"/g;
const NEVER_STYLED = new Set(["mj-body", "mj-raw", "mj-head", "mj-style"]);

// What an element is where nobody says otherwise. The editor leaves such values out, so where the
// mail says otherwise of all of them they are written back.
const USUAL = {
  "mj-text": { "font-size": "13px", "line-height": "1", color: "#000000", padding: "10px 25px" },
  "mj-button": {
    "background-color": "#414141", "border-radius": "3px", "font-size": "13px",
    "font-weight": "normal", "inner-padding": "10px 25px", padding: "10px 25px",
  },
  "mj-section": { padding: "20px 0" },
  "mj-image": { padding: "10px 25px" },
};

const told = (attributes) => Object.fromEntries([...attributes.matchAll(TOLD)].map((m) => [m[1], m[2]]));

export function readDefaults(head) {
  const inside = head.match(/<mj-attributes>([^]*?)<\/mj-attributes>/)?.[1] ?? "";
  return Object.fromEntries([...inside.matchAll(TAG)].map((tag) => [tag[1], told(tag[2])]));
}

function of(name, defaults) {
  return NEVER_STYLED.has(name) ? {} : { ...defaults["mj-all"], ...defaults[name] };
}

export function withDefaults(mjml, defaults) {
  return mjml.replace(TAG, (whole, name, attributes, self) => {
    const own = told(attributes);
    const missing = Object.entries(of(name, defaults)).filter(([key]) => !(key in own));
    return `<${name}${attributes}${missing.map(([key, value]) => ` ${key}="${value}"`).join("")}${self}>`;
  });
}

export function withoutDefaults(mjml, defaults) {
  return mjml.replace(TAG, (whole, name, attributes, self) => {
    const usual = of(name, defaults);
    const kept = attributes.replace(TOLD, (pair, key, value) => (usual[key] === value ? "" : pair));
    const own = told(attributes);
    const left = Object.entries(USUAL[name] ?? {}).filter(
      ([key, value]) => key in usual && !(key in own) && usual[key] !== value,
    );
    const more = left.map(([key, value]) => ` ${key}="${value}"`).join("");
    return `<${name}${more}${kept.replace(/\s+/g, " ").trimEnd()}${self}>`;
  });
}
