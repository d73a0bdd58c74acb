-- The messages in quarantine that stood at these places of the log.
select *
from refusals
where outcome = 'quarantined'
  and place <> ''
  and list_contains($places, place)
order by received_at, place
