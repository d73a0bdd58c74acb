-- What came in last: kept events and refused messages side by side, each with its fate. Each side
-- gives its newest before the two are put together, so that neither is read whole. Events are
-- followed by their number, refusals by the moment they arrived.
select *
from (
  select
    received_at, 'stored' as outcome, '' as reason, '' as path, source_id, message_id, place, type,
    name, event_id, node_id, "at"
  from events
  where $outcome in ('', 'stored')
    and (cast($source_id as bigint) is null or source_id = $source_id)
    and ($name = '' or name = $name or type = $name)
    and (
      $holds = ''
      or contains(lower(user_id), $holds)
      or contains(lower(anonymous_id), $holds)
      or contains(lower(message_id), $holds)
      or list_contains(cast($profile_ids as bigint[]), profile_id)
    )
    and (cast($since as timestamp) is null or received_at >= $since)
    and (cast($after_event as bigint) is null or event_id > $after_event)
  order by received_at desc, event_id desc
  limit $limit
)
union all
select *
from (
  select
    received_at, outcome, reason, path, source_id, message_id, place, null as type, null as name,
    null as event_id, null as node_id, null as "at"
  from refusals
  where $outcome in ('', outcome)
    and (cast($source_id as bigint) is null or source_id = $source_id)
    and $name = ''
    and ($holds = '' or contains(lower(message_id), $holds))
    and (cast($since as timestamp) is null or received_at >= $since)
    and (cast($after_refusal as timestamp) is null or received_at > $after_refusal)
  order by received_at desc, message_id
  limit $limit
)
order by received_at desc, event_id desc nulls last, message_id
limit $limit
