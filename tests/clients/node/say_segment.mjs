// The Node libraries that speak as Segment's does: `node say_segment.mjs PACKAGE`.
import { Analytics } from "@segment/analytics-node";
import Legacy from "analytics-node";
import Rudder from "@rudderstack/rudder-sdk-node";
import { at, complain, finish, told } from "./told.mjs";

const { key, host, user, anonymous } = told;
const open = {
  "@segment/analytics-node": () => {
    const client = new Analytics({ writeKey: key, host });
    client.on("error", complain);
    return [client, () => client.closeAndFlush()];
  },
  "analytics-node": () => {
    const client = new Legacy(key, { host, errorHandler: complain });
    return [client, () => client.flush()];
  },
  "@rudderstack/rudder-sdk-node": () => {
    const client = new Rudder(key, { dataPlaneUrl: host, errorHandler: complain, logLevel: "error" });
    return [client, () => client.flush()];
  },
};
const [client, close] = open[process.argv[2]]();
const who = { userId: user, timestamp: at };

for (let time = 0; time < (told.options.times ?? 1); time += 1) {
  client.identify({ ...who, anonymousId: anonymous, traits: told.traits });
  client.track({ ...who, event: "Order Completed", properties: told.order });
  client.page({ ...who, category: "Hàng mới", name: "Bát tràng", properties: told.page });
  client.screen({ ...who, category: "Ứng dụng", name: "Giỏ hàng", properties: told.screen });
  client.group({ ...who, groupId: told.group, traits: told.company });
  client.alias({ ...who, previousId: anonymous });
  await client.flush();
}

await close();
finish();
