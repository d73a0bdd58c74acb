-- metrics.orders.total ['since', 'until']
with counted as (
  -- Orders placed in the period; orders cancelled since are left out.
  select
    placed_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, currency as order_currency, total_minor, units
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

-- metrics.orders.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Orders placed in the period; orders cancelled since are left out.
  select
    placed_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, currency as order_currency, total_minor, units
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

-- metrics.orders.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Orders placed in the period; orders cancelled since are left out.
  select
    placed_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, currency as order_currency, total_minor, units
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
