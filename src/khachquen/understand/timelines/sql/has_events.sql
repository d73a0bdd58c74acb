-- One row if anything was ever kept.
select event_id
from events
limit 1
