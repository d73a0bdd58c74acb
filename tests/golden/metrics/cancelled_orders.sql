-- metrics.cancelled_orders.total ['since', 'until']
with counted as (
  -- Orders cancelled in the period, whenever they were placed.
  select
    cancelled_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, placed_at, currency as order_currency, total_minor
  from orders
  where cancelled_at >= $since
    and cancelled_at < $until
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.cancelled_orders.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Orders cancelled in the period, whenever they were placed.
  select
    cancelled_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, placed_at, currency as order_currency, total_minor
  from orders
  where cancelled_at >= $since
    and cancelled_at < $until
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

-- metrics.cancelled_orders.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Orders cancelled in the period, whenever they were placed.
  select
    cancelled_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, placed_at, currency as order_currency, total_minor
  from orders
  where cancelled_at >= $since
    and cancelled_at < $until
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
