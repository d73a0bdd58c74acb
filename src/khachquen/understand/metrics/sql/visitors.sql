-- Visitors: the different devices (anonymous ids) seen in the period; where an event carries no
-- anonymous id, the user id stands for the device.
select
  "at", visitor as unit, '' as currency, 1 as amount,
  event_id as tie, node_id, visitor, page_path, channel, came_from, referrer, utm_source
from device_events
where "at" >= $since
