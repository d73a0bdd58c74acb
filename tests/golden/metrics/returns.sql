-- metrics.returns.total ['since', 'until']
with counted as (
  -- Orders of which something came back in the period, whenever they were placed; also returns whose
  -- order is not known here.
  select
    refunded_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, currency as order_currency, refunded_minor, units_returned
  from orders
  where refunded_at >= $since
    and refunded_at < $until
    and cancelled_at is null
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.returns.series ['grain', 'since', 'timezone', 'until']
with counted as (
  -- Orders of which something came back in the period, whenever they were placed; also returns whose
  -- order is not known here.
  select
    refunded_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, currency as order_currency, refunded_minor, units_returned
  from orders
  where refunded_at >= $since
    and refunded_at < $until
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

-- metrics.returns.rows ['limit', 'offset', 'since', 'until']
with counted as (
  -- Orders of which something came back in the period, whenever they were placed; also returns whose
  -- order is not known here.
  select
    refunded_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
    source_id, number, node_id, currency as order_currency, refunded_minor, units_returned
  from orders
  where refunded_at >= $since
    and refunded_at < $until
    and cancelled_at is null
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
