// The script of every page. Pages work without it; it makes them quicker to use.
import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";
import { registerComponents } from "./components.js";
import { placePopovers } from "./popovers.js";
import { drawCharts } from "./charts_loader.js";
import { listenToKeys } from "./keys.js";
import { followEvents } from "./live.js";

window.htmx = htmx;

registerComponents(Alpine);
Alpine.start();
listenToKeys(document);
placePopovers(document);
drawCharts(document);
followEvents(document);
htmx.onLoad((element) => drawCharts(element));
