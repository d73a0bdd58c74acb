-- Every fate a message id met, oldest first.
select
  received_at, 'stored' as outcome, '' as reason, '' as path, source_id, message_id, event_id,
  null as payload
from events
where message_id = $message_id
union all
select received_at, outcome, reason, path, source_id, message_id, null, payload
from refusals
where message_id = $message_id
order by received_at, event_id nulls last, outcome
