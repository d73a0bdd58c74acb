// Builds what the wheel ships, below FOLDER instead of src/khachquen: `npm run build [-- FOLDER]`.
// The same sources give the same bytes.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(process.argv[2] ?? join(here, "../../src/khachquen"));
const out = join(root, "web/static/kq"); // for our own pages
const tag = join(root, "receive/tag"); // for the pages of the shop
const modules = join(here, "node_modules");

function licenceOf(name) {
  const folder = join(modules, name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const file of ["LICENSE", "LICENSE.md", "LICENCE", "LICENSE.txt"]) {
    try {
      const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
      return `${name} ${version}\n\n${text}\n`;
    } catch {
      continue;
    }
  }
  const { license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version}\n\nLicence: ${license}\n`;
}

function buildStyle() {
  execFileSync(
    process.execPath,
    [
      join(modules, "@tailwindcss/cli/dist/index.mjs"),
      "--input", join(here, "src/css/kq.css"),
      "--output", join(out, "kq.css"),
      "--minify",
    ],
    { cwd: here, stdio: ["ignore", "ignore", "pipe"] },
  );
}

// The editor's own styles, its drawings inside; only its frame loads them.
async function buildEditorStyle() {
  await build({
    entryPoints: [join(here, "src/css/editor.css")],
    outfile: join(out, "editor.css"),
    bundle: true,
    minify: true,
    loader: { ".woff": "dataurl", ".woff2": "dataurl", ".svg": "dataurl" },
    charset: "utf8",
    legalComments: "none",
    absWorkingDir: here,
    logLevel: "warning",
  });
}

async function buildScript(name) {
  await build({
    entryPoints: [join(here, `src/${name}.js`)],
    outfile: join(out, `${name}.js`),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    absWorkingDir: here,
    logLevel: "warning",
  });
}

function buildIcons() {
  const wanted = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
  const symbols = Object.entries(wanted).map(([name, lucide]) => {
    const svg = readFileSync(join(modules, "lucide-static/icons", `${lucide}.svg`), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    const tight = shapes.replaceAll(/\s*\n\s*/g, "").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${tight}</symbol>`;
  });
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  writeFileSync(join(out, "icons.svg"), sprite);
}

function copyFonts() {
  mkdirSync(join(out, "fonts"), { recursive: true });
  const files = join(modules, "@fontsource/be-vietnam-pro/files");
  for (const weight of [400, 500, 600]) {
    for (const subset of ["latin", "vietnamese"]) {
      const name = `be-vietnam-pro-${subset}-${weight}`;
      copyFileSync(join(files, `${name}-normal.woff2`), join(out, "fonts", `${name}.woff2`));
    }
    const figures = `kq-figures-${weight}.woff2`;
    copyFileSync(join(here, "fonts", figures), join(out, "fonts", figures));
  }
  writeFileSync(join(out, "fonts/OFL.txt"), licenceOf("@fontsource/be-vietnam-pro"));
}

function writeLicences() {
  const names = ["htmx.org", "@alpinejs/csp", "echarts", "zrender", "lucide-static", "tailwindcss",
    "grapesjs", "grapesjs-mjml", "mjml-browser", "backbone", "underscore", "codemirror"];
  const rule = `\n${"-".repeat(80)}\n\n`;
  const head = "Work of others inside the files of this folder. Fonts: fonts/OFL.txt.\n";
  writeFileSync(join(out, "LICENCES.txt"), [head, ...names.map(licenceOf)].join(rule));
}

// Everything of it is our own: no licence of others goes with it.
async function buildTag(name, outfile) {
  await build({
    entryPoints: [join(here, `src/tag/${name}.js`)],
    outfile: join(tag, outfile),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2019", // the browsers inside older phones' apps
    charset: "utf8",
    absWorkingDir: here,
    logLevel: "warning",
  });
}

mkdirSync(out, { recursive: true });
buildStyle();
await buildScript("pages");
await buildScript("charts");
await buildScript("segments");
await buildScript("mail");
await buildScript("editor");
await buildEditorStyle();
buildIcons();
copyFonts();
writeLicences();
copyFileSync(join(here, "src/mark.svg"), join(out, "mark.svg"));
await buildTag("kq", "kq.js");
await buildTag("contact", "kq-contact.js");
await buildTag("consent_bar", "kq-consent.js");
