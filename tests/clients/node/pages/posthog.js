// posthog-js: api_host.
import posthog from "posthog-js";
import { at, finish, told } from "./told.js";

const { key, host, user, anonymous } = told;
posthog.init(key, { api_host: host, loaded: speak });

function speak() {
  posthog.identify(user, told.traits);
  posthog.capture("Order Completed", told.order, { timestamp: at });
  posthog.group("company", told.group, told.company);
  posthog.alias(`app-${anonymous}`, user);
  finish();
}
