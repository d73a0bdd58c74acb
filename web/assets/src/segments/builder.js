// The builder: keeps the rule, tells the hidden field, asks how many it is, and shows what is wrong.
import { Cards } from "./cards.js";
import { h, setSprite } from "./dom.js";
import * as tree from "./tree.js";
import { Values } from "./values.js";

const PAUSE_MS = 300;
const SUGGEST_MS = 200;
const TREND_MS = 600; // after the count stands, so that typing on never asks for it
const REMEMBERED = 50;
const TYPING_MS = 1000;

// One question at a time: a newer one cancels the one before, so answers never come out of order.
class Newest {
  #running = null;

  async ask(address, told = {}) {
    this.cancel();
    const mine = (this.#running = new AbortController());
    const answer = await fetch(address, { ...told, signal: mine.signal });
    const text = await answer.text();
    if (mine.signal.aborted) throw new DOMException("", "AbortError");
    return [answer, text];
  }

  cancel() {
    this.#running?.abort();
  }
}

export class Builder {
  constructor(place) {
    this.place = place;
    this.form = place.closest("form");
    this.field = this.form.querySelector("[data-rule]");
    this.preview = document.querySelector("[data-preview]");
    this.say = document.querySelector("[data-say]");
    this.pickers = JSON.parse(document.getElementById("pickers").textContent);
    this.words = this.pickers.words;
    this.newest = new Newest();
    this.trend = new Newest();
    this.days = "30";
    this.timer = 0;
    this.past = [];
    this.kept = 0; // when something was last put into the past
    setSprite(place.dataset.icons);
  }

  begin() {
    const values = new Values(this.pickers, (...told) => this.suggest(...told), (...told) => this.changed(...told));
    this.cards = new Cards(this.place, this.pickers, values, {
      changed: (...told) => this.changed(...told),
      act: (...told) => this.act(...told),
    });
    this.root = this.read() ?? tree.newGroup();
    this.note = this.form.querySelector("[data-json-note]");
    this.field.addEventListener("input", () => this.typed());
    this.place.addEventListener("keydown", (event) => this.key(event));
    this.back = document.querySelector("[data-undo]");
    this.back.hidden = false;
    this.back.addEventListener("click", () => this.undo());
    this.preview.addEventListener("click", (event) => this.look(event.target.closest("[data-days]")?.dataset.days));
    this.tell();
    const { path, words } = this.form.dataset;
    this.problem = path ? this.placed(path, words) : null;
    this.shown = structuredClone(this.root);
    this.draw();
    if (this.problem) document.getElementById(`c${this.problem.card}`)?.focus();
    this.form.querySelector("[data-scriptless]").hidden = true; // counted by itself
    this.count();
  }

  read() {
    try {
      return tree.readRule(JSON.parse(this.field.value));
    } catch {
      return null;
    }
  }

  tell() {
    const { rule, places } = tree.writeRule(this.root);
    this.places = places;
    this.field.value = JSON.stringify(rule, null, 2);
  }

  placed(path, words) {
    const [card] = tree.findPlace(this.places, path);
    return card === null ? null : { card, words };
  }

  // Every change ends here. Another shape is drawn anew, and the focus stays where it was.
  changed(isOther, focus = null) {
    this.remember(isOther);
    this.problem = null;
    this.tell();
    if (isOther) this.draw(focus);
    else this.markWhole();
    this.soon();
  }

  // What the rule was before this change; letters typed in a row are one change.
  remember(isOther) {
    const now = Date.now();
    if (this.shown && (isOther || now - this.kept > TYPING_MS)) {
      this.past = [...this.past, this.shown].slice(-REMEMBERED);
    }
    this.kept = isOther ? 0 : now;
    this.shown = structuredClone(this.root);
    this.back.disabled = this.past.length === 0;
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    const held = document.activeElement;
    const focus = held === this.back ? null : held?.id;
    this.root = before;
    this.shown = structuredClone(before);
    this.kept = 0;
    this.problem = null;
    this.tell();
    this.draw(focus);
    if (!focus || !document.getElementById(focus)) document.getElementById(`c${this.root.id}`)?.focus();
    this.back.disabled = this.past.length === 0;
    this.say.textContent = this.words.undone;
    this.soon();
  }

  draw(focus = null) {
    const held = document.activeElement;
    const [id, typed] = [focus ?? held?.id, held?.matches("input[type=text]") ? held.value : ""];
    const open = [...this.place.querySelectorAll("details[open] > summary")].map((one) => one.id);
    this.cards.draw(this.root, this.problem);
    for (const one of open) if (one !== this.closing) document.getElementById(one)?.parentElement.setAttribute("open", "");
    if (id && (focus || !document.activeElement || document.activeElement === document.body)) {
      const again = document.getElementById(id);
      again?.focus();
      if (!focus && typed && again?.value === "") again.value = typed;
    }
  }

  markWhole() {
    for (const [card] of tree.walk(this.root)) {
      const note = document.querySelector(`#c${card.id} > .rule-unfinished`);
      if (note) note.hidden = this.cards.isWhole(card);
    }
    for (const error of this.place.querySelectorAll(".field-error")) error.remove();
  }

  act(name, card, kind) {
    const { words } = this;
    let focus = `c${card.id}-${name}`;
    let said = "";
    if (name === "add") {
      const fresh = kind === "group" ? tree.newGroup("any") : tree.newCard(kind, this.first(kind));
      card.of.push(fresh);
      this.closing = `c${card.id}-add`;
      focus = { trait: "trait", did: "event", segment: "segment", sample: "percent", sequence: "steps-0-event",
        group: "mode" }[kind] ?? "measure";
      focus = `c${fresh.id}-${focus}`;
    } else if (name === "remove") {
      focus = `c${tree.remove(this.root, card.id)}`;
      said = words.removed;
    } else if (name === "wrap") {
      focus = `c${tree.wrap(this.root, card.id).id}-mode`;
    } else if (name === "copy") {
      focus = `c${tree.copy(this.root, card.id).id}`;
    } else if (tree.move(this.root, card.id, name === "up" ? -1 : 1)) {
      const [, parent] = tree.find(this.root, card.id);
      said = words.moved.replace("{n}", parent.of.indexOf(card) + 1);
    }
    this.changed(true, focus);
    this.closing = null;
    this.say.textContent = said;
  }

  first(kind) {
    if (kind === "sample") return { percent: 10, salt: "boc-tham" };
    return kind === "sequence" ? { steps: [{ event: "" }, { event: "", within: { n: 1, unit: "day" } }] } : {};
  }

  // Alt with an arrow moves the card the focus is in, Alt with Delete takes it away; Ctrl with Z undoes,
  // but for letters in a field, which the browser takes back itself.
  key(event) {
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) event.preventDefault();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.matches("input, textarea")) {
      event.preventDefault();
      return this.undo();
    }
    if (!event.altKey || !["ArrowUp", "ArrowDown", "Delete"].includes(event.key)) return;
    const id = Number(event.target.closest(".rule-card, .rule-group")?.id.slice(1));
    const [card, parent] = tree.find(this.root, id);
    if (!parent) return;
    event.preventDefault();
    if (event.key === "Delete") return this.act("remove", card);
    const focus = event.target.id;
    this.act(event.key === "ArrowUp" ? "up" : "down", card);
    document.getElementById(focus)?.focus();
  }

  // The JSON itself was written in: cards follow as soon as it can be read.
  typed() {
    const read = this.read();
    this.note.textContent = read ? "" : this.words.badJson;
    if (!read) return;
    this.past = [...this.past, this.shown].slice(-REMEMBERED);
    this.back.disabled = false;
    this.root = read;
    this.shown = structuredClone(read);
    this.places = tree.writeRule(read).places;
    this.problem = null;
    this.draw();
    this.soon();
  }

  soon() {
    window.clearTimeout(this.timer);
    window.clearTimeout(this.later);
    this.newest.cancel();
    this.trend.cancel();
    this.preview.setAttribute("aria-busy", "true");
    this.timer = window.setTimeout(() => this.count(), PAUSE_MS);
  }

  async count() {
    const left = [...tree.walk(this.root)].filter(([card]) => !this.cards.isWhole(card)).length;
    if (left) {
      const words = this.words.waiting.replace("{n}", left);
      this.preview.replaceChildren(h("p", { class: "text-muted" }, words));
      return this.preview.removeAttribute("aria-busy");
    }
    this.preview.setAttribute("aria-busy", "true");
    try {
      const [answer, text] = await this.newest.ask(this.preview.dataset.preview, this.asked());
      if (answer.status === 401) return window.location.reload();
      this.show(text);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.preview.replaceChildren(h("p", { class: "text-danger" }, this.words.lost));
    }
    this.preview.removeAttribute("aria-busy");
  }

  asked(more = {}) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ rule: this.field.value, ...more })) body.set(name, value);
    const csrf = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    return { method: "POST", body, headers: { "X-CSRFToken": csrf, "HX-Request": "true" } };
  }

  // How many it would have been before: asked once the count stands and nobody types on.
  async look(days) {
    if (!days) return;
    this.days = days;
    const place = this.preview.querySelector("[data-trend]");
    if (!place) return;
    place.setAttribute("aria-busy", "true");
    try {
      const [answer, text] = await this.trend.ask(place.dataset.trend, this.asked({ days }));
      const again = document.activeElement?.dataset.days;
      if (answer.status === 200) place.innerHTML = text; // our own template, escaped by the server
      place.hidden = answer.status !== 200;
      if (again) place.querySelector(`[data-days="${again}"]`)?.focus();
      place.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") place.hidden = true;
    }
  }

  show(text) {
    this.preview.innerHTML = text; // our own template, escaped by the server
    const found = this.preview.querySelector("[data-path]");
    this.problem = found ? this.placed(found.dataset.path, found.dataset.words) : null;
    if (found) this.draw();
    else this.later = window.setTimeout(() => this.look(this.days), TREND_MS);
  }

  // Values that are really there, offered while typing.
  suggest(input, field, source) {
    const list = h("datalist", { id: `${input.id}-known` });
    input.setAttribute("list", list.id);
    if (!source) return list;
    const newest = new Newest();
    let timer = 0;
    const ask = async () => {
      const query = new URLSearchParams({ ...source, q: input.value });
      try {
        const [answer, text] = await newest.ask(`${this.place.dataset.values}?${query}`);
        if (!answer.ok) return;
        const known = JSON.parse(text).values;
        list.replaceChildren(...known.map(([value, words]) => h("option", { value }, words)));
      } catch (error) {
        if (error.name !== "AbortError") list.replaceChildren();
      }
    };
    const soon = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, SUGGEST_MS);
    };
    input.addEventListener("focus", soon, { once: true });
    input.addEventListener("input", soon);
    return list;
  }
}
