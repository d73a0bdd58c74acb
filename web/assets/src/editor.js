// The visual editor: GrapesJS with its MJML plugin, alone in its frame. The page around it hands in
// MJML (kqGive) and takes it back (kqTake); nothing is fetched and nothing is kept here.
import grapesjs from "grapesjs";
import vi from "grapesjs/locale/vi.mjs";
import mjml from "grapesjs-mjml";
import { readDefaults, withDefaults, withoutDefaults } from "./mail/defaults.js";
import { unescapeMarks, wrapMarks } from "./mail/liquid.js";

const HEAD = /<mj-head>[^]*?<\/mj-head>/;
const OPENING = /<mjml\b[^>]*>/;
let editor = null;
let given = "";
let defaults = {};

// Blocks and products are made by the server; here they are a strip with their name.
function ownParts(made) {
  for (const [name, title] of [["kq-block", "▣"], ["kq-products", "▤"]]) {
    made.Components.addType(name, {
      isComponent: (el) => el.tagName?.toLowerCase() === name,
      model: {
        defaults: { tagName: name, void: true, droppable: false, editable: false },
      },
      view: {
        tagName: "div",
        onRender({ el, model }) {
          const { name: called = "", skus = "" } = model.getAttributes();
          el.textContent = `${title} ${called || skus}`;
          Object.assign(el.style, {
            padding: "16px", margin: "4px auto", maxWidth: "600px", textAlign: "center",
            background: "#e3f1ee", color: "#0f5f59", font: "14px sans-serif",
          });
        },
      },
    });
  }
}

globalThis.kqGive = (source) => {
  given = source;
  defaults = readDefaults(source.match(HEAD)?.[0] ?? "");
  editor = grapesjs.init({
    container: "#editor",
    height: "100%",
    fromElement: false,
    storageManager: false,
    telemetry: false,
    noticeOnUnload: false,
    cssIcons: "",
    canvas: { styles: [], scripts: [] },
    assetManager: { upload: false, embedAsBase64: false },
    i18n: { locale: document.documentElement.lang === "en" ? "en" : "vi", messagesAdd: { vi } },
    plugins: [ownParts, mjml],
    pluginsOpts: { [mjml]: { resetDevices: true, fonts: {}, overwriteExport: true } },
    components: wrapMarks(withDefaults(source.replace(HEAD, ""), defaults)),
  });
  editor.on("load", () => editor.UndoManager.clear());
};

// What was not touched goes back as it came, letter by letter.
globalThis.kqTake = () => {
  if (!editor || !editor.getDirtyCount()) return given;
  const told = withoutDefaults(unescapeMarks(editor.getHtml()), defaults);
  const opening = given.match(OPENING)?.[0];
  const head = given.match(HEAD)?.[0];
  let whole = told.includes("<mjml") ? told : `<mjml>${told}</mjml>`;
  if (opening) whole = whole.replace(OPENING, () => opening);
  if (head) {
    whole = HEAD.test(whole)
      ? whole.replace(HEAD, () => head)
      : whole.replace("<mj-body", () => `${head}\n<mj-body`);
  }
  return whole;
};
