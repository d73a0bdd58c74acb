-- One event whole.
select *
from events
where event_id = $event_id
