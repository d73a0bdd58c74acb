// The script of the page a segment is made on. Without it the rule is written as JSON.
import { Builder } from "./segments/builder.js";

const place = document.querySelector("[data-builder]");
if (place) {
  place.hidden = false;
  new Builder(place).begin();
}
