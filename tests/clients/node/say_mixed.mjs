// @rudderstack/rudder-sdk-node: good calls and bad ones in one batch, and a call after all of them.
import Rudder from "@rudderstack/rudder-sdk-node";
import { complain, finish, told } from "./told.mjs";

const { key, host, user } = told;
const client = new Rudder(key, { dataPlaneUrl: host, errorHandler: complain, logLevel: "error" });

client.track({ userId: user, event: "Xem 1" });
await client.flush();
client.track({ userId: user, event: "Xem 2" });
client.track({ userId: user, event: "Quá dài", properties: { note: "g".repeat(33_000) } });
client.track({ userId: "KH".repeat(200), event: "Mã quá dài" });
client.track({ userId: user, event: "Xem 3" });
await client.flush();
client.track({ userId: user, event: "Xem 4" });
await client.flush();
finish();
