// @segment/analytics-next: the one option is cdnURL, where it asks for its settings.
import { AnalyticsBrowser } from "@segment/analytics-next";
import { at, finish, told } from "./told.js";

const { key, host, user, anonymous } = told;
const analytics = AnalyticsBrowser.load({ writeKey: key, cdnURL: host }, told.options);
const said = { timestamp: at };

analytics.setAnonymousId(anonymous);
await analytics.page("Hàng mới", "Bát tràng", told.page, said);
await analytics.identify(user, told.traits, said);
await analytics.track("Order Completed", told.order, said);
await analytics.screen("Ứng dụng", "Giỏ hàng", told.screen, said);
await analytics.group(told.group, told.company, said);
await analytics.alias(user, anonymous, said);
finish();
