// A rule drawn as cards inside groups, every change of which is told to whoever keeps it.
import { button, h, icon, select } from "./dom.js";
import * as tree from "./tree.js";

const COUNT = { key: "count", kind: "number" };
const AMOUNT = { key: "amount", kind: "money" };
const INSTANT = { key: "at", kind: "time" };
const ANY = { kind: "any", suggests: true };
const CUSTOM = "properties.";
const MOST_STEPS = 6;

export class Cards {
  constructor(place, pickers, values, { changed, act }) {
    this.place = place;
    this.pickers = pickers;
    this.words = pickers.words;
    this.values = values;
    this.changed = changed; // (isOtherShape)
    this.act = act; // (name, card) for what changes the tree
    this.problem = null;
    this.people = {};
    for (const one of pickers.people) (this.people[pickers.groups[one.group]] ??= []).push([one.key, one.label]);
  }

  draw(root, problem) {
    this.root = root;
    this.problem = problem;
    this.place.replaceChildren(this.drawGroup(root, null));
  }

  // Whether a card says all it must before it can be asked.
  isWhole(card) {
    const of = this.measured(card);
    const isWhere = (card.where ?? []).every((one) => this.values.isWhole(this.whereField(card, one.property), one));
    switch (card.kind) {
      case "group":
        return card.of.length > 0 || card === this.root;
      case "trait":
        return this.values.isWhole(this.person(card.trait), card);
      case "did":
        return Boolean(card.event) && isWhere && this.isWindow(card.within) && this.values.isWhole(of, card)
          && (Boolean(card.property) || !["sum", "distinct"].includes(card.measure));
      case "bought":
        return isWhere && this.isWindow(card.within) && this.values.isWhole(of, card);
      case "sequence":
        return card.steps.length > (card.then_not ? 0 : 1) && this.isWindow(card.within)
          && [...card.steps, card.then_not].every((one) => !one || this.isStep(one));
      case "segment":
        return Boolean(card.segment);
      case "sample":
        return card.percent > 0 && Boolean(card.salt);
      default:
        return true;
    }
  }

  isStep(step) {
    return Boolean(step.event) && (step.within?.n ?? 1) >= 1
      && (step.where ?? []).every((one) => this.values.isWhole(this.whereField(step, one.property), one));
  }

  isWindow(within) {
    if (!within) return true;
    if ("from" in within || "until" in within) return Boolean(within.from || within.until);
    return Object.values(within).every((one) => typeof one === "string" || one.n >= 1);
  }

  person(key) {
    return this.pickers.people.find((one) => one.key === key);
  }

  drawGroup(card, parent, n = 0) {
    const { words } = this;
    const id = `c${card.id}`;
    const modes = [["all", words.all], ["any", words.any]];
    const pick = (mode) => {
      card.mode = mode;
      this.changed(true);
    };
    const items = card.of.map((one, at) =>
      h("li", { class: "rule-item" },
        at > 0 && h("span", { class: "rule-join" }, card.mode === "all" ? words.and : words.or),
        one.kind === "group" ? this.drawGroup(one, card, at + 1) : this.drawCard(one, at + 1)));
    const title = parent ? `${words.kinds.group} ${n}` : words.kinds.group;
    return h("div", { class: `rule-group${parent ? "" : " rule-root"}${card.not ? " is-out" : ""}`, role: "group",
      "aria-label": title, id, tabindex: -1 },
      h("div", { class: "rule-head" },
        this.drawSide(card),
        select(`${id}-mode`, words.mode, modes, card.mode, pick),
        parent && this.drawButtons(card)),
      this.drawProblem(card),
      items.length ? h("ol", { class: "rule-items" }, items)
        : h("p", { class: "rule-empty" }, parent ? words.emptyGroup : words.emptyRoot),
      this.drawAdder(card));
  }

  drawAdder(group) {
    const { words } = this;
    const kinds = this.pickers.kinds.map((kind) =>
      button(`c${group.id}-add-${kind}`, words.kinds[kind], "plus", () => this.act("add", group, kind), { words: true }));
    kinds.push(button(`c${group.id}-add-group`, words.kinds.group, "wrap", () => this.act("add", group, "group"), {
      words: true }));
    const adder = h("details", { class: "rule-adder" },
      h("summary", { class: "btn btn-small", id: `c${group.id}-add` }, icon("plus"), words.addCondition),
      h("div", { class: "rule-adds" }, kinds));
    adder.open = group.of.length === 0;
    return adder;
  }

  drawCard(card, n) {
    const { words } = this;
    const id = `c${card.id}`;
    const label = `${words.condition.replace("{n}", n)}: ${words.kinds[card.kind]}`;
    const draw = { trait: this.drawTrait, did: this.drawDid, bought: this.drawBought, sequence: this.drawSequence,
      segment: this.drawSegment, sample: this.drawSample, raw: this.drawRaw }[card.kind];
    return h("div", { class: `rule-card${card.not ? " is-out" : ""}`, role: "group", "aria-label": label, id, tabindex: -1 },
      h("div", { class: "rule-head" },
        h("span", { class: "rule-kind" }, words.kinds[card.kind]),
        this.drawSide(card),
        this.drawButtons(card)),
      h("div", { class: "rule-fields" }, draw.call(this, card, id)),
      h("p", { class: "rule-unfinished", hidden: this.isWhole(card) }, words.unfinished),
      this.drawProblem(card));
  }

  drawSide(card) {
    const [take, leave] = this.words.sides[card.kind];
    const pick = (value) => {
      card.not = value;
      this.changed(true);
    };
    return select(`c${card.id}-side`, this.words.side, [[false, take], [true, leave]], card.not, pick);
  }

  drawButtons(card) {
    const { words } = this;
    const id = `c${card.id}`;
    const does = (name) => () => this.act(name, card);
    return h("div", { class: "rule-buttons" },
      button(`${id}-up`, words.up, "sort-up", does("up")),
      button(`${id}-down`, words.down, "sort-down", does("down")),
      button(`${id}-wrap`, words.wrap, "wrap", does("wrap")),
      button(`${id}-copy`, words.copy, "copy", does("copy")),
      button(`${id}-remove`, words.remove, "trash", does("remove")));
  }

  drawProblem(card) {
    if (this.problem?.card !== card.id) return null;
    return h("p", { class: "field-error", id: `c${card.id}-error` }, icon("error"), h("span", {}, this.problem.words));
  }

  drawTrait(card, id) {
    const pick = (key) => {
      card.trait = key;
      this.values.begin(card, this.person(key));
      this.changed(true);
    };
    const field = this.person(card.trait);
    const words = { gone: this.words.unknown, choose: this.words.choose };
    return [
      select(`${id}-trait`, this.words.trait, this.people, card.trait ?? "", pick, words),
      field && this.values.draw(id, card, field, {}, { from: "trait", key: card.trait }),
    ].flat();
  }

  drawDid(card, id) {
    return [
      this.drawEvent(card, `${id}-event`),
      card.event && h("div", { class: "rule-row" }, this.drawMeasure(card, id, "did")),
      card.event && this.drawWindow(card, `${id}-within`),
      card.event && this.drawWhere(card, id),
    ].flat();
  }

  drawEvent(told, id, after = () => {}) {
    const options = this.pickers.events.map((one) => [one.key, one.label]);
    const pick = (key) => {
      told.event = key;
      after();
      this.changed(true);
    };
    const words = { gone: this.words.unknown, choose: this.words.choose };
    return select(id, this.words.event, options, told.event ?? "", pick, words);
  }

  drawBought(card, id) {
    return [
      this.drawWhere(card, id),
      h("div", { class: "rule-row" }, this.drawMeasure(card, id, "bought")),
      this.drawWindow(card, `${id}-within`),
    ].flat();
  }

  // What is compared: a number, an amount, an instant, or what an event said.
  measured(card) {
    if (card.kind === "bought") {
      return { spent: AMOUNT, first: INSTANT, last: INSTANT }[card.measure] ?? COUNT;
    }
    if (!["first", "last"].includes(card.measure)) return COUNT;
    return card.property ? this.whereField(card, card.property) : INSTANT;
  }

  drawMeasure(card, id, kind) {
    const { words } = this;
    const options = Object.entries(words.measures[kind]);
    const isProperty = () => kind === "did" && ["sum", "distinct"].includes(card.measure);
    const rules = () => ({ counted: ![INSTANT].includes(this.measured(card)), inner: Boolean(card.property) });
    const begin = () => {
      card.is = "at_least";
      const of = this.measured(card);
      this.values.begin(card, of, rules());
      if (of === COUNT) card.value = 1;
    };
    const pick = (measure) => {
      card.measure = measure;
      card.property = isProperty() ? (card.property ?? null) : null;
      begin();
      this.changed(true);
    };
    const gone = { gone: words.unknown, choose: words.choose };
    const parts = [select(`${id}-measure`, words.measure, options, card.measure, pick, gone)];
    if (isProperty()) {
      const pickProperty = (key) => {
        card.property = key;
        this.changed(true);
      };
      parts.push(select(`${id}-property`, words.property, this.whereOptions(card), card.property ?? "", pickProperty, gone));
    }
    const field = this.measured(card) ?? ANY;
    return [...parts, ...this.values.draw(id, card, field, { counted: field !== INSTANT }, null)];
  }

  drawWindow(told, id) {
    const { words } = this;
    const { within } = told;
    const form = !within ? "ever" : "last" in within ? "last" : "this" in within ? "this" : "ago_from" in within ? "ago" : "dates";
    const set = (value, isOther = true) => {
      told.within = value;
      this.changed(isOther);
    };
    const first = {
      ever: () => null,
      last: () => ({ last: { n: 30, unit: "day" } }),
      this: () => ({ this: "month" }),
      dates: () => ({ from: "", until: "" }),
      ago: () => ({ ago_from: { n: 60, unit: "day" }, ago_until: { n: 30, unit: "day" } }),
    };
    const pick = (name) => set(first[name]());
    return h("div", { class: "rule-row" },
      select(id, words.window, Object.entries(words.windows), form, pick),
      this.drawStretch(form, within, id, (value) => set(value, false)));
  }

  drawStretch(form, within, id, set) {
    const { values, words } = this;
    const now = { ...within };
    const tell = (part) => set(Object.fromEntries(
      Object.entries(Object.assign(now, part)).filter(([, value]) => value !== "")));
    const until = h("span", { class: "rule-word" }, words.until);
    switch (form) {
      case "last":
        return values.drawSpan(`${id}-last`, within.last, (last) => set({ last }));
      case "this":
        return [values.drawStretch(`${id}-this`, within.this, (one) => set({ this: one }))];
      case "ago":
        return [...values.drawSpan(`${id}-ago_until`, within.ago_until, (one) => tell({ ago_until: one })), until,
          ...values.drawSpan(`${id}-ago_from`, within.ago_from, (one) => tell({ ago_from: one }))];
      case "dates":
        return [values.drawOne(`${id}-from`, words.from, within.from ?? "", INSTANT, "is", null, (from) => tell({ from })),
          until,
          values.drawOne(`${id}-until`, words.until, within.until ?? "", INSTANT, "is", null, (one) => tell({ until: one }))].flat();
      default:
        return [];
    }
  }

  whereOptions(card) {
    if (card.kind === "bought") return this.pickers.orderFields.map((one) => [one.key, one.label]);
    const event = this.pickers.events.find((one) => one.key === card.event);
    const own = (event?.fields ?? []).map((one) => [one.key, one.label]);
    return { [this.words.property]: own, [this.words.custom]: this.pickers.eventFields.map((one) => [one.key, one.label]) };
  }

  whereField(card, key) {
    if (!key) return undefined;
    if (card.kind === "bought") return this.pickers.orderFields.find((one) => one.key === key);
    const event = this.pickers.events.find((one) => one.key === card.event);
    const known = [...(event?.fields ?? []), ...this.pickers.eventFields].find((one) => one.key === key);
    return known ?? { key, ...ANY };
  }

  drawWhere(card, id) {
    const { words } = this;
    const origin = card.kind === "bought" ? "order" : "event";
    const rows = (card.where ?? []).map((one, n) => {
      const at = `${id}-where-${n}`;
      const field = this.whereField(card, one.property);
      const pick = (key) => {
        one.property = key;
        this.values.begin(one, this.whereField(card, key), { inner: true });
        this.changed(true);
      };
      const drop = () => {
        card.where.splice(n, 1);
        this.changed(true, `${id}-where-add`);
      };
      const gone = { gone: words.unknown, choose: words.choose };
      const asked = { from: origin, event: card.event ?? "", key: one.property };
      const label = one.property?.startsWith(CUSTOM) ? words.propertyName : words.property;
      return h("div", { class: "rule-row" },
        h("span", { class: "rule-word" }, n ? words.and : words.whose),
        select(`${at}-property`, label, this.whereOptions(card), one.property ?? "", pick, gone),
        field && this.values.draw(at, one, field, { inner: true }, asked),
        button(`${at}-drop`, words.remove, "close", drop));
    });
    const add = () => {
      card.where = [...(card.where ?? []), { property: "", is: "is", value: "" }];
      this.changed(true, `${id}-where-${card.where.length - 1}-property`);
    };
    return [...rows, h("div", { class: "rule-row" },
      button(`${id}-where-add`, words.addWhere, "plus", add, { words: true, class: "btn btn-small btn-quiet" }))];
  }

  drawSequence(card, id) {
    const { words } = this;
    const steps = card.steps.map((step, n) =>
      this.drawStep(step, `${id}-steps-${n}`, `${words.step} ${n + 1}`, {
        isFirst: n === 0,
        drop: card.steps.length > 1 && (() => {
          card.steps.splice(n, 1);
          if (card.steps[0].within) delete card.steps[0].within;
          this.changed(true, `${id}-steps-add`);
        }),
      }));
    const add = () => {
      card.steps.push({ event: "", within: { n: 1, unit: "day" } });
      this.changed(true, `${id}-steps-${card.steps.length - 1}-event`);
    };
    const addNot = () => {
      card.then_not = { event: "", within: { n: 1, unit: "day" } };
      this.changed(true, `${id}-not-event`);
    };
    const dropNot = () => {
      card.then_not = null;
      this.changed(true, `${id}-not-add`);
    };
    const quiet = { words: true, class: "btn btn-small btn-quiet" };
    return [...steps,
      card.then_not && this.drawStep(card.then_not, `${id}-not`, words.thenNot, { drop: dropNot }),
      h("div", { class: "rule-row" },
        card.steps.length < MOST_STEPS && button(`${id}-steps-add`, words.addStep, "plus", add, quiet),
        !card.then_not && button(`${id}-not-add`, words.addNot, "plus", addNot, quiet)),
      this.drawWindow(card, `${id}-within`)].filter(Boolean);
  }

  // One event of a chain, and how soon after the one before it.
  drawStep(step, id, label, { isFirst = false, drop }) {
    const { words } = this;
    const pick = (form) => {
      step.within = form === "soon" ? { n: 1, unit: "day" } : null;
      this.changed(true);
    };
    const forms = [["ever", words.everAfter], ["soon", words.withinOfStep]];
    const set = (within) => {
      step.within = within;
      this.changed(false);
    };
    const forget = () => {
      delete step.where; // what is asked of one event may be nothing another has
    };
    return h("div", { class: "rule-step", role: "group", "aria-label": label },
      h("div", { class: "rule-row" },
        h("span", { class: "rule-word" }, label),
        this.drawEvent(step, `${id}-event`, forget),
        !isFirst && select(`${id}-soon`, words.window, forms, step.within ? "soon" : "ever", pick),
        !isFirst && step.within && this.values.drawSpan(`${id}-within`, step.within, set),
        drop && button(`${id}-drop`, `${words.remove}: ${label}`, "close", drop)),
      step.event && this.drawWhere(step, id));
  }

  drawSegment(card, id) {
    const pick = (key) => {
      card.segment = key;
      this.changed(true);
    };
    const words = { gone: this.words.unknown, choose: this.words.choose };
    return [select(`${id}-segment`, this.words.segment, this.pickers.segments, card.segment ?? "", pick, words)];
  }

  drawSample(card, id) {
    const { words } = this;
    const tell = (name, isNumber) => (event) => {
      card[name] = isNumber ? Number(event.target.value) : event.target.value;
      this.changed(false);
    };
    const number = (name, label, rest) =>
      h("input", { id: `${id}-${name}`, class: "input rule-number", type: "number", value: card[name], "aria-label": label,
        oninput: tell(name, true), ...rest });
    return [
      number("percent", words.percent, { min: 0.01, max: 100, step: "any" }),
      h("span", { class: "rule-word" }, `% · ${words.part}`),
      number("part", words.part, { min: 1, step: 1 }),
      h("span", { class: "rule-word" }, words.salt),
      h("input", { id: `${id}-salt`, class: "input rule-text", value: card.salt ?? "", maxlength: 100,
        "aria-label": words.salt, oninput: tell("salt", false) }),
    ];
  }

  drawRaw(card) {
    return [h("code", { class: "mono break-words" }, JSON.stringify(card.json))];
  }
}
