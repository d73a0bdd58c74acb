-- A person's events, newest first, from before a place on.
select
  event_id, message_id, source_id, trusted, type, name, kind, "at", received_at, node_id,
  anonymous_id, page_path, page_title, page_url, referrer, utm_source, order_number, currency,
  total_minor, units, lines, properties, traits
from kinds
where ($kind = '' or kind = $kind)
  and (
    cast($before_at as timestamp) is null
    or "at" < $before_at
    or ("at" = $before_at and event_id < $before_id)
  )
order by "at" desc, event_id desc
limit $limit
