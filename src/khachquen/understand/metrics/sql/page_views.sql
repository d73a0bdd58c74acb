-- Page views: pages and app screens shown.
select
  "at", event_id as unit, '' as currency, 1 as amount,
  event_id, node_id, visitor, page_path, page_title
from device_events
where "at" >= $since
  and type in ('page', 'screen')
