-- metrics.revenue.total ['since', 'until']
with counted as (
  -- Revenue: gross revenue less refunds. A refund counts on the day it is given, not on the order's.
  select
    placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
    source_id, number, node_id, 'order' as entry
  from orders
  where placed_at >= $since
    and placed_at < $until
    and cancelled_at is null
  union all
  select
    refunded_at as "at", source_id || ':' || number as unit, currency, -refunded_minor as amount,
    source_id, number, node_id, 'refund' as entry
  from orders
  where refunded_at >= $since
    and refunded_at < $until
    and cancelled_at is null
    and refunded_minor <> 0
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.revenue.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Revenue: gross revenue less refunds. A refund counts on the day it is given, not on the order's.
  select
    placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
    source_id, number, node_id, 'order' as entry
  from orders
  where placed_at >= $since
    and placed_at < $until
    and cancelled_at is null
  union all
  select
    refunded_at as "at", source_id || ':' || number as unit, currency, -refunded_minor as amount,
    source_id, number, node_id, 'refund' as entry
  from orders
  where refunded_at >= $since
    and refunded_at < $until
    and cancelled_at is null
    and refunded_minor <> 0
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

-- metrics.revenue.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Revenue: gross revenue less refunds. A refund counts on the day it is given, not on the order's.
  select
    placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
    source_id, number, node_id, 'order' as entry
  from orders
  where placed_at >= $since
    and placed_at < $until
    and cancelled_at is null
  union all
  select
    refunded_at as "at", source_id || ':' || number as unit, currency, -refunded_minor as amount,
    source_id, number, node_id, 'refund' as entry
  from orders
  where refunded_at >= $since
    and refunded_at < $until
    and cancelled_at is null
    and refunded_minor <> 0
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
