-- metrics.sign_ups.total ['since', 'until']
with counted as (
  -- Sign-ups: accounts opened and subscriptions to news taken, each event once.
  select
    "at", event_id as unit, '' as currency, 1 as amount,
    event_id, node_id, name, page_path, source_id
  from human_events
  where "at" >= $since
    and "at" < $until
    and type = 'track'
    and name in ('Signed Up', 'Subscribed')
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.sign_ups.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Sign-ups: accounts opened and subscriptions to news taken, each event once.
  select
    "at", event_id as unit, '' as currency, 1 as amount,
    event_id, node_id, name, page_path, source_id
  from human_events
  where "at" >= $since
    and "at" < $until
    and type = 'track'
    and name in ('Signed Up', 'Subscribed')
)
-- The number of each step of the period, by the shop's clocks; weeks start on Monday.
select
  cast(date_trunc($grain, timezone($timezone, timezone('UTC', "at"))) as date) as bucket,
  currency,
  cast(sum(amount) as hugeint) as amount,
  count(*) as base
from counted
group by bucket, currency
order by bucket, currency;

-- metrics.sign_ups.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Sign-ups: accounts opened and subscriptions to news taken, each event once.
  select
    "at", event_id as unit, '' as currency, 1 as amount,
    event_id, node_id, name, page_path, source_id
  from human_events
  where "at" >= $since
    and "at" < $until
    and type = 'track'
    and name in ('Signed Up', 'Subscribed')
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
