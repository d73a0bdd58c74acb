// @snowplow/node-tracker: endpoint, the write key as the application's id.
import {
  buildPageView,
  buildScreenView,
  buildSelfDescribingEvent,
  buildStructEvent,
  newTracker,
} from "@snowplow/node-tracker";
import { at, complain, finish, told } from "./told.mjs";

const { key, host, user, anonymous } = told;
const tracker = newTracker(
  { namespace: "shop", appId: key },
  { endpoint: host, onRequestFailure: complain },
);
const time = { type: "ttm", value: at.getTime() };
tracker.setUserId(user);
tracker.setDomainUserId(anonymous);

tracker.track(buildPageView({ pageUrl: "https://nhamay.vn/p/1", pageTitle: "Bát tràng" }), [], time);
tracker.track(buildStructEvent({ category: "Hàng mới", action: "Xem men", label: "men rạn", value: 2 }), [], time);
tracker.track(
  buildSelfDescribingEvent({
    event: { schema: "iglu:vn.nhamay/order_completed/jsonschema/1-0-0", data: told.order },
  }),
  [],
  time,
);
tracker.track(buildScreenView({ name: "Giỏ hàng", id: told.screen.id }), [], time);
await tracker.flush();
finish();
