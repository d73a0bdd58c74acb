-- metrics.gross_revenue.total ['since', 'until']
with counted as (
  -- Gross revenue: the totals of the orders placed in the period, cancelled ones left out.
  select
    placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
    source_id, number, node_id, units
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

-- metrics.gross_revenue.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Gross revenue: the totals of the orders placed in the period, cancelled ones left out.
  select
    placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
    source_id, number, node_id, units
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

-- metrics.gross_revenue.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Gross revenue: the totals of the orders placed in the period, cancelled ones left out.
  select
    placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
    source_id, number, node_id, units
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
