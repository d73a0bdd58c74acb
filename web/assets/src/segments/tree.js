// A rule as a tree of cards, and back. Pure: no page, no server.
//
// A card is {id, not, kind, …}: "not" around it in the rule is a property here, and a group is
// {kind: "group", mode: "all" | "any", of: [cards]}. The root is always a group.

let last = 0;
const FIELDS = {
  trait: ["trait", "is", "value"],
  did: ["event", "where", "within", "measure", "property", "is", "value"],
  bought: ["where", "within", "measure", "is", "value"],
  sequence: ["steps", "then_not", "within"],
  segment: ["segment"],
  sample: ["percent", "salt", "part"],
};
const FIRST = {
  did: { where: [], within: null, measure: "count", is: "at_least", value: 1 },
  bought: { where: [], within: null, measure: "orders", is: "at_least", value: 1 },
  sequence: { steps: [], then_not: null, within: null },
  sample: { part: 1 },
};

export function newGroup(mode = "all", of = []) {
  return { id: ++last, not: false, kind: "group", mode, of };
}

export function newCard(kind, told = {}) {
  return { id: ++last, not: false, kind, ...structuredClone(FIRST[kind] ?? {}), ...told };
}

export function readRule(rule) {
  const card = readCard(rule);
  return card.kind === "group" ? card : newGroup("all", [card]);
}

function readCard(rule) {
  if (rule?.kind === "not" && rule.of) {
    const card = readCard(rule.of);
    card.not = !card.not;
    return card;
  }
  if (["all", "any"].includes(rule?.kind) && Array.isArray(rule.of)) {
    return newGroup(rule.kind, rule.of.map(readCard));
  }
  const { kind, ...told } = structuredClone(rule ?? {});
  const known = FIELDS[kind];
  if (!known || Object.keys(told).some((name) => !known.includes(name))) {
    return newCard("raw", { json: rule });
  }
  return newCard(kind, told);
}

// The rule, and where in it each card stands: [["$.of[0]", 3], …], outer ones first.
export function writeRule(root) {
  const places = [];
  return { rule: writeCard(root, "$", places), places };
}

function writeCard(card, path, places) {
  places.push([path, card.id]);
  if (card.not) return { kind: "not", of: writeCard({ ...card, not: false }, `${path}.of`, places) };
  if (card.kind === "group") {
    const of = card.of.map((one, n) => writeCard(one, `${path}.of[${n}]`, places));
    return { kind: card.mode, of };
  }
  return card.kind === "raw" ? card.json : writeLeaf(card);
}

function writeLeaf(card) {
  const told = { kind: card.kind };
  for (const name of FIELDS[card.kind]) {
    const value = card[name] ?? null;
    const isEmpty = value === null || (name !== "value" && value.length === 0);
    // Without a value a count is asked for 1, so "nothing" must be said.
    if (!isEmpty || (name === "value" && card.kind !== "trait")) told[name] = value;
  }
  if (card.kind === "sample" && card.part === 1) delete told.part;
  if (card.kind === "sequence") {
    told.steps = card.steps.map(writeStep);
    if (card.then_not) told.then_not = writeStep(card.then_not);
  }
  return told;
}

function writeStep(step) {
  const { where, ...rest } = step;
  const told = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return where?.length ? { ...told, where } : told;
}

// The card an error is about, and the rest of the path inside it: "$.of[1].value" → [7, "value"].
export function findPlace(places, path) {
  let found = [null, ""];
  for (const [at, id] of places) {
    const rest = path.slice(at.length);
    if (path.startsWith(at) && (rest === "" || /^[.[]/.test(rest))) {
      found = [id, rest.replace(/^\./, "").replace(/^of$/, "")];
    }
  }
  return found;
}

export function* walk(card, parent = null) {
  yield [card, parent];
  for (const one of card.of ?? []) yield* walk(one, card);
}

export function find(root, id) {
  for (const [card, parent] of walk(root)) if (card.id === id) return [card, parent];
  return [null, null];
}

// One place up or down in reading order: into a group beside it, or out of the one it is in.
export function move(root, id, step) {
  const [card, parent] = find(root, id);
  if (!parent) return false;
  const at = parent.of.indexOf(card);
  const beside = parent.of[at + step];
  if (beside?.kind === "group") {
    parent.of.splice(at, 1);
    beside.of.splice(step > 0 ? 0 : beside.of.length, 0, card);
  } else if (beside) {
    parent.of.splice(at, 1);
    parent.of.splice(at + step, 0, card);
  } else {
    const [, above] = find(root, parent.id);
    if (!above) return false;
    parent.of.splice(at, 1);
    above.of.splice(above.of.indexOf(parent) + (step > 0 ? 1 : 0), 0, card);
  }
  return true;
}

// Takes a card away; what to look at next: the card after it, before it, or its group.
export function remove(root, id) {
  const [card, parent] = find(root, id);
  if (!parent) return root.id;
  const at = parent.of.indexOf(card);
  parent.of.splice(at, 1);
  return (parent.of[at] ?? parent.of[at - 1] ?? parent).id;
}

export function wrap(root, id) {
  const [card, parent] = find(root, id);
  if (!parent) return null;
  const group = newGroup("any", [card]);
  parent.of.splice(parent.of.indexOf(card), 1, group);
  return group;
}

export function copy(root, id) {
  const [card, parent] = find(root, id);
  if (!parent) return null;
  const twin = renumber(structuredClone(card));
  parent.of.splice(parent.of.indexOf(card) + 1, 0, twin);
  return twin;
}

function renumber(card) {
  for (const [one] of walk(card)) one.id = ++last;
  return card;
}
