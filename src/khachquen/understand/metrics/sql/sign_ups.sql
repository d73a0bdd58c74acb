-- Sign-ups: accounts opened and subscriptions to news taken, each event once.
select
  "at", event_id as unit, '' as currency, 1 as amount,
  event_id, node_id, name, page_path, source_id
from human_events
where "at" >= $since
  and "at" < $until
  and type = 'track'
  and name in ('Signed Up', 'Subscribed')
