-- Messages in quarantine, the last received first.
select *
from refusals
where outcome = 'quarantined'
  and $reason in ('', reason)
  and (cast($source_id as bigint) is null or source_id = $source_id)
  and (cast($since as timestamp) is null or received_at >= $since)
  and (
    cast($before_at as timestamp) is null
    or (received_at, place) < (cast($before_at as timestamp), $before_place)
  )
order by received_at desc, place desc
limit $limit
