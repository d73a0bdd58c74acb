// A comparison: the operator, and what it is compared with, as the type of the value wants it.
import { button, h, select } from "./dom.js";

const NUMBERS = ["number", "money", "id"];
const ORDERED = ["at_least", "at_most", "more", "less", "between"];
const EMPTY = {
  one: () => "",
  many: () => [],
  two: () => ["", ""],
  span: () => ({ n: 30, unit: "day" }),
  stretch: () => "month",
  nothing: () => null,
};

export class Values {
  constructor(pickers, suggest, changed) {
    this.pickers = pickers;
    this.words = pickers.words;
    this.suggest = suggest;
    this.changed = changed; // (isOtherShape)
  }

  operators(field, { inner = false, counted = false } = {}) {
    const isLeft = (one) =>
      (inner && this.pickers.relative.includes(one)) || (counted && ["is_set", "is_not_set"].includes(one));
    return this.pickers.operatorsOf[field.kind].filter((one) => !isLeft(one));
  }

  operatorWords(field, operator) {
    const { any, number, time } = this.pickers.operators;
    const own = NUMBERS.includes(field.kind) ? number : ["date", "time"].includes(field.kind) ? time : {};
    return own[operator] ?? any[operator] ?? time[operator];
  }

  // What is asked of a field that was just picked.
  begin(told, field, rules) {
    const [first] = this.operators(field, rules);
    const isFine = this.operators(field, rules).includes(told.is);
    if (!isFine) told.is = first;
    told.value = this.empty(field, told.is);
  }

  empty(field, operator) {
    const takes = this.pickers.takes[operator];
    if (takes === "one" && field.kind === "yes_no") return true;
    return EMPTY[takes]();
  }

  isWhole(field, told) {
    if (!field) return false;
    const isThere = (one) => one !== "" && one !== null && one !== undefined && !Number.isNaN(one);
    const takes = this.pickers.takes[told.is];
    if (takes === "nothing") return true;
    if (takes === "many") return told.value?.length > 0;
    if (takes === "two") return told.value?.length === 2 && told.value.every(isThere);
    return takes === "span" ? told.value?.n >= 1 : isThere(told.value);
  }

  // told: whatever holds "is" and "value".
  draw(id, told, field, rules, source) {
    const options = this.operators(field, rules).map((one) => [one, this.operatorWords(field, one)]);
    const pick = (operator) => {
      if (this.pickers.takes[operator] !== this.pickers.takes[told.is]) told.value = this.empty(field, operator);
      told.is = operator;
      this.changed(true);
    };
    const gone = { gone: this.words.unknown };
    return [
      select(`${id}-is`, this.words.is, options, told.is, pick, gone),
      ...this.drawValue(`${id}-value`, told, field, source),
    ];
  }

  drawValue(id, told, field, source) {
    const set = (value) => {
      told.value = value;
      this.changed(false);
    };
    const { words } = this;
    switch (this.pickers.takes[told.is]) {
      case "nothing":
        return [];
      case "many":
        return [this.drawMany(id, told, field, source)];
      case "two": {
        const value = Array.isArray(told.value) ? [...told.value] : ["", ""];
        const one = (n, said) =>
          this.drawOne(`${id}-${n}`, said, value[n], field, told.is, source, (typed) => {
            value[n] = typed;
            set([...value]);
          });
        return [one(0, words.from), h("span", { class: "rule-word" }, words.until), one(1, words.until)].flat();
      }
      case "span":
        return this.drawSpan(id, told.value, set, field.kind === "date" ? ["day", "week"] : undefined);
      case "stretch":
        return [this.drawStretch(id, told.value, set)];
      default:
        return this.drawOne(id, words.value, told.value, field, told.is, source, set);
    }
  }

  drawStretch(id, value, set) {
    const options = Object.entries(this.words.stretches);
    return select(id, this.words.window, options, value, set, { gone: this.words.unknown });
  }

  drawSpan(id, value, set, units = ["minute", "hour", "day", "week"]) {
    const span = { n: value?.n ?? 30, unit: value?.unit ?? "day" };
    const tell = (part) => set({ ...Object.assign(span, part) });
    const number = h("input", {
      id: `${id}-n`,
      class: "input rule-number",
      type: "number",
      min: 1,
      required: true,
      value: span.n,
      "aria-label": this.words.amount,
      oninput: (event) => tell({ n: event.target.value === "" ? 0 : Number(event.target.value) }),
    });
    const options = units.map((unit) => [unit, this.words.units[unit]]);
    const unit = select(`${id}-unit`, this.words.unit, options, span.unit, (picked) => tell({ unit: picked }));
    return [number, unit];
  }

  drawOne(id, label, value, field, operator, source, set) {
    if (field.choices?.length) {
      const words = { gone: this.words.unknown, choose: this.words.choose };
      return [select(id, label, field.choices, value, set, words)];
    }
    const isNumber = NUMBERS.includes(field.kind) || (field.kind === "any" && ORDERED.includes(operator));
    const isDay = ["date", "time"].includes(field.kind) && !String(value ?? "").includes("T");
    const read = (text) => (isNumber && text !== "" ? Number(text) : text);
    const told = {
      id,
      class: isNumber ? "input rule-number" : "input rule-text",
      type: isNumber ? "number" : isDay ? "date" : "text",
      step: field.kind === "money" ? this.pickers.step : isNumber ? "any" : null,
      value,
      "aria-label": label,
      autocomplete: "off",
      maxlength: 500,
      oninput: (event) => set(read(event.target.value)),
    };
    const unit = field.kind === "money" ? this.pickers.currency : field.unit;
    const made = h("input", told);
    const list = field.suggests && !isNumber ? this.suggest(made, field, source) : null;
    return [made, list, unit && h("span", { class: "rule-word" }, unit)].filter(Boolean);
  }

  // Several values as small tags: Enter or a comma adds what was typed, the tag's button takes it away.
  drawMany(id, told, field, source) {
    const value = Array.isArray(told.value) ? told.value : [];
    const tell = (values, isOther = true) => {
      told.value = values;
      this.changed(isOther);
    };
    if (field.choices?.length) return this.drawChecks(id, value, field, tell);
    const tags = value.map((one, n) =>
      h("li", { class: "rule-tag" }, h("span", {}, String(one)),
        button(`${id}-drop-${n}`, `${this.words.remove} ${one}`, "close", () =>
          tell(value.filter((_, at) => at !== n)))),
    );
    const typed = h("input", { id, class: "input rule-text", type: "text", "aria-label": this.words.addValue,
      placeholder: this.words.addValue, autocomplete: "off", maxlength: 500 });
    const add = () => {
      const fresh = typed.value.split(/[,;\n]/).map((one) => one.trim()).filter(Boolean);
      const isNumber = NUMBERS.includes(field.kind);
      const read = isNumber ? fresh.map(Number).filter((one) => !Number.isNaN(one)) : fresh;
      if (read.length) tell([...new Set([...value, ...read])]);
    };
    typed.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === ",") {
        event.preventDefault();
        add();
      } else if (event.key === "Backspace" && typed.value === "" && value.length) {
        tell(value.slice(0, -1));
      }
    });
    typed.addEventListener("change", add);
    const list = field.suggests ? this.suggest(typed, field, source) : null;
    return h("div", { class: "rule-many" }, tags.length ? h("ul", { class: "rule-tags" }, tags) : null, typed, list);
  }

  drawChecks(id, value, field, tell) {
    const toggle = (one, isOn) =>
      tell(field.choices.map(([key]) => key).filter((key) => (key === one ? isOn : value.includes(key))), false);
    const boxes = field.choices.map(([key, words], n) => {
      const box = h("input", { id: `${id}-${n}`, type: "checkbox", onchange: (event) => {
        toggle(key, event.target.checked);
        value = event.target.checked ? [...value, key] : value.filter((one) => one !== key);
      } });
      box.checked = value.includes(key);
      return h("label", { class: "rule-check" }, box, words);
    });
    return h("div", { class: "rule-checks", role: "group", "aria-label": this.words.value }, boxes);
  }
}
