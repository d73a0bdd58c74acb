-- Visits (sessions): a visitor's event after 30 minutes or more without one begins a visit. A visit
-- counts on the day it begins.
select
  "at", event_id as unit, '' as currency, 1 as amount,
  coalesce(channel, '') as split, event_id, node_id, visitor, page_path, channel, came_from, referrer, utm_source
from (
  select *, lag("at") over (partition by visitor order by "at", event_id) as previous_at
  from device_events
)
where "at" >= $since
  and (previous_at is null or "at" - previous_at >= interval 30 minutes)
