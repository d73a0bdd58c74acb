// @snowplow/browser-tracker: the collector's address, the write key as the application's id.
import {
  newTracker,
  setUserId,
  trackPageView,
  trackSelfDescribingEvent,
  trackStructEvent,
} from "@snowplow/browser-tracker";
import { at, finish, told } from "./told.js";

const { key, host, user } = told;
const timestamp = { type: "ttm", value: at.getTime() };
newTracker("sp", host, { appId: key });

setUserId(user);
trackPageView({ title: "Bát tràng", timestamp });
trackStructEvent({ category: "Hàng mới", action: "Xem men", label: "men rạn", value: 2, timestamp });
trackSelfDescribingEvent({
  event: { schema: "iglu:vn.nhamay/order_completed/jsonschema/1-0-0", data: told.order },
  timestamp,
});
trackSelfDescribingEvent({
  event: {
    schema: "iglu:com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0",
    data: { name: "Giỏ hàng", id: told.screen.id },
  },
  timestamp,
});
finish();
