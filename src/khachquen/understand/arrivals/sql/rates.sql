-- How many messages of each source came in since two moments, whatever became of them.
select
  source_id,
  count(*) filter (where received_at >= $minute) as last_minute,
  count(*) as last_hour
from (
  select source_id, received_at
  from events
  where received_at >= $hour
  union all
  select source_id, received_at
  from refusals
  where received_at >= $hour
)
group by source_id
