-- metrics.units.total ['since', 'until']
with counted as (
  -- Units in the orders placed in the period, cancelled ones left out; returns are not taken off.
  select
    placed_at as "at", source_id || ':' || number as unit, '' as currency, units as amount,
    source_id, number, node_id
  from orders
  where placed_at >= $since
    and placed_at < $until
    and cancelled_at is null
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.units.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Units in the orders placed in the period, cancelled ones left out; returns are not taken off.
  select
    placed_at as "at", source_id || ':' || number as unit, '' as currency, units as amount,
    source_id, number, node_id
  from orders
  where placed_at >= $since
    and placed_at < $until
    and cancelled_at is null
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

-- metrics.units.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Units in the orders placed in the period, cancelled ones left out; returns are not taken off.
  select
    placed_at as "at", source_id || ':' || number as unit, '' as currency, units as amount,
    source_id, number, node_id
  from orders
  where placed_at >= $since
    and placed_at < $until
    and cancelled_at is null
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
