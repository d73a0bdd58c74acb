// @rudderstack/analytics-js: the data plane's address, and configUrl for its settings.
import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
import { finish, told } from "./told.js";

const { key, host, user, anonymous } = told;
const analytics = new RudderAnalytics();
analytics.load(key, host, { configUrl: host, ...told.options });
analytics.setAnonymousId(anonymous);
const said = { originalTimestamp: told.at };

analytics.page("Hàng mới", "Bát tràng", told.page, said);
analytics.identify(user, told.traits, said);
analytics.track("Order Completed", told.order, said);
analytics.group(told.group, told.company, said);
analytics.alias(user, anonymous, said);
analytics.ready(finish);
