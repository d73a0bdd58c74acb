-- metrics.refunds.total ['since', 'until']
with counted as (
  -- Refunds: money given back in the period, whenever the order was placed. What was given back of a
  -- cancelled order is left out, because its total is left out of the revenue too.
  select
    refunded_at as "at", source_id || ':' || number as unit, currency, refunded_minor as amount,
    source_id, number, node_id, units_returned
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

-- metrics.refunds.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Refunds: money given back in the period, whenever the order was placed. What was given back of a
  -- cancelled order is left out, because its total is left out of the revenue too.
  select
    refunded_at as "at", source_id || ':' || number as unit, currency, refunded_minor as amount,
    source_id, number, node_id, units_returned
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

-- metrics.refunds.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Refunds: money given back in the period, whenever the order was placed. What was given back of a
  -- cancelled order is left out, because its total is left out of the revenue too.
  select
    refunded_at as "at", source_id || ':' || number as unit, currency, refunded_minor as amount,
    source_id, number, node_id, units_returned
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
