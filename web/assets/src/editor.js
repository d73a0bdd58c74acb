// The visual editor: GrapesJS with its MJML plugin, alone in its frame. The page around it hands in
// MJML (kqGive) and takes it back (kqTake); nothing is fetched and nothing is kept here.
import grapesjs from "grapesjs";
import en from "grapesjs/locale/en.mjs";
import vi from "grapesjs/locale/vi.mjs";
import mjml from "grapesjs-mjml";
import { readDefaults, withDefaults, withoutDefaults } from "./mail/defaults.js";
import { unescapeMarks, wrapMarks } from "./mail/liquid.js";

const HEAD = /<mj-head>[^]*?<\/mj-head>/;
const OPENING = /<mjml\b[^>]*>/;
const WORDS = {
  "sw-visibility": ["Khung", "Outlines"],
  "open-sm": ["Kiểu", "Style"],
  "open-tm": ["Thuộc tính", "Settings"],
  "open-layers": ["Lớp", "Layers"],
  "open-blocks": ["Thêm", "Add"],
};
const PARTS = {
  "grapesjs-mjml": {
    components: {
      names: {
        body: "Trang", button: "Nút", column: "Cột", oneColumn: "1 cột", twoColumn: "2 cột",
        threeColumn: "3 cột", divider: "Đường kẻ", group: "Nhóm", hero: "Ảnh nền", image: "Ảnh",
        navBar: "Thanh liên kết", navLink: "Liên kết", section: "Phần", socialGroup: "Mạng xã hội",
        socialElement: "Một mạng xã hội", spacer: "Khoảng trống", text: "Chữ", wrapper: "Khung bọc",
        raw: "HTML",
      },
    },
    panels: {
      buttons: {
        undo: "Hoàn tác", redo: "Làm lại", desktop: "Máy tính", tablet: "Máy tính bảng",
        mobile: "Điện thoại", import: "Nhập MJML",
      },
    },
  },
};
const isEnglish = document.documentElement.lang === "en";
let editor = null;
let given = "";
let defaults = {};
let fresh = null; // what it would give back before anything was touched

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

// The editor reads HTML, in which <mj-image /> is never closed.
function inPairs(mjml) {
  const self = /<((?:mj|kq)-[\w-]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)\/>/g;
  return mjml.replace(self, (_, name, attributes) => `<${name}${attributes}></${name}>`);
}

// Its buttons are drawn by a font of another site; ours have words.
function nameButtons(made) {
  for (const panel of made.Panels.getPanels().models) {
    for (const one of panel.get("buttons")?.models ?? []) {
      const said = WORDS[one.id];
      if (!said) continue;
      one.set({ label: said[isEnglish ? 1 : 0], className: "kq-named" });
    }
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
    i18n: { locale: isEnglish ? "en" : "vi", messages: { en, vi } },
    plugins: [ownParts, (made) => (mjml.default ?? mjml)(made, { useCustomTheme: false, i18n: { vi: PARTS } })],
    components: inPairs(wrapMarks(withDefaults(source.replace(HEAD, ""), defaults))),
  });
  editor.on("load", () => {
    nameButtons(editor);
    editor.Panels.getButton("views", "open-blocks")?.set("active", true); // what to add comes first
    editor.UndoManager.clear();
    fresh = written();
  });
};

// What is being typed is in the page only, until the editor is told that typing is over.
function settle() {
  const editing = editor.getEditing();
  if (editing) editing.components(editing.view.getChildrenContainer().innerHTML);
}

function written() {
  settle();
  const told = withoutDefaults(unescapeMarks(editor.getHtml()), defaults);
  const body = told.match(/<mj-body[^]*<\/mj-body>/)?.[0] ?? told;
  const opening = given.match(OPENING)?.[0] ?? "<mjml>";
  const head = given.match(HEAD)?.[0];
  return `${opening}\n${head ? `  ${head}\n` : ""}${inLines(body)}\n</mjml>`;
}

// One element a line, so that an error by line says something.
function inLines(body) {
  return body.replace(/>\s*(?=<\/?(?:mj|kq)-)/g, ">\n").replace(/\n<\/mj-(text|button)>/g, "</mj-$1>");
}

// What was not touched goes back as it came, letter by letter.
globalThis.kqTake = () => {
  if (!editor || fresh === null) return given;
  const now = written();
  return now === fresh ? given : now;
};
