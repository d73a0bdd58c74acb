-- The events of a message id: by their numbers, which the files know by their lowest and highest;
-- and those that are older than the numbers, by looking for the id.
select *
from events
where event_id in (select unnest(cast($event_ids as bigint[]))) and message_id = $message_id
union all
select *
from events
where received_at < $before
  and message_id = $message_id
  and not list_contains(cast($event_ids as bigint[]), event_id)
order by event_id
