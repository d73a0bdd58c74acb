-- How many messages are in quarantine, by reason and source.
select reason, source_id, count(*) as n, max(received_at) as last_at
from refusals
where outcome = 'quarantined'
  and $reason in ('', reason)
  and (cast($source_id as bigint) is null or source_id = $source_id)
  and (cast($since as timestamp) is null or received_at >= $since)
group by reason, source_id
order by n desc, reason, source_id
