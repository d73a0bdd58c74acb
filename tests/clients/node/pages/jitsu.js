// @jitsu/js: host, and a write key of the form id:secret.
import { jitsuAnalytics } from "@jitsu/js";
import { finish, told } from "./told.js";

const { key, host, user, anonymous } = told;
const analytics = jitsuAnalytics({ host, writeKey: `${key}:khach` });

await analytics.setAnonymousId(anonymous);
await analytics.page(told.page);
await analytics.identify(user, told.traits);
await analytics.track("Order Completed", told.order);
await analytics.group(told.group, told.company);
finish();
