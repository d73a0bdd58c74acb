// posthog-node: host.
import { PostHog } from "posthog-node";
import { at, complain, finish, told } from "./told.mjs";

const { key, host, user, anonymous } = told;
const client = new PostHog(key, { host });
client.on("error", complain);

client.identify({ distinctId: user, properties: told.traits });
client.capture({ distinctId: user, event: "Order Completed", properties: told.order, timestamp: at });
client.capture({ distinctId: user, event: "$pageview", properties: told.page, timestamp: at });
client.capture({ distinctId: user, event: "$screen", properties: { $screen_name: "Giỏ hàng", ...told.screen }, timestamp: at });
client.groupIdentify({ groupType: "company", groupKey: told.group, properties: told.company });
client.alias({ distinctId: anonymous, alias: user });

await client.shutdown();
finish();
