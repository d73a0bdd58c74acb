-- What the messages of one request became.
select message_id, outcome, event_id
from redrives
where stream = $stream
order by event_id nulls last, message_id
limit $limit
