// Where a visitor comes from: the campaign and the advertiser's click id in the address, and the
// same of the very first page, kept for ever.
import { read, readJson, write } from "./store.js";

const CLICK_IDS =
  /^(gclid|gbraid|wbraid|dclid|fbclid|ttclid|msclkid|twclid|li_fat_id|zclid|zarsrc|yclid|epik)$/;
const LONGEST = 500;

export function originOf(search) {
  const campaign = {};
  const clickIds = {};
  new URLSearchParams(search).forEach((value, name) => {
    name = name.toLowerCase();
    value = value.slice(0, LONGEST);
    if (!value) return;
    if (name.startsWith("utm_")) {
      const part = name.slice(4, 40);
      campaign[part === "campaign" ? "name" : part] = value;
    } else if (CLICK_IDS.test(name)) clickIds[name] = value;
  });
  return { campaign: orNone(campaign), clickIds: orNone(clickIds) };
}

// JSON leaves out what is undefined.
const orNone = (found) => (Object.keys(found).length ? found : undefined);

const landing = {
  at: new Date().toISOString(),
  url: location.href.slice(0, LONGEST * 2),
  referrer: document.referrer.slice(0, LONGEST * 2),
  ...originOf(location.search),
};

export function firstTouch() {
  const kept = readJson("first");
  if (kept && kept.at) return kept;
  if (!read("first")) write("first", JSON.stringify(landing));
  return landing;
}
