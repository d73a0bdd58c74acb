-- metrics.new_buyers.total ['since', 'until']
with people as (
  -- Which person each identifier with an order belongs to, by the newest event that says so.
  select node_id, arg_max(profile_id, event_id) as profile_id
  from events
  where order_number is not null
    and node_id is not null
    and profile_id is not null
  group by node_id
), counted as (
  -- New customers: people whose first order of all, cancelled ones left out, was placed in the period.
  select
    orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
    orders.source_id, orders.number, orders.node_id, orders.currency as order_currency,
    orders.total_minor
  from orders
  join people using (node_id)
  where orders.placed_at < $until
    and orders.cancelled_at is null
  qualify row_number() over (
      partition by people.profile_id order by orders.placed_at, orders.source_id, orders.number
    ) = 1
    and orders.placed_at >= $since
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.new_buyers.series ['grain', 'since', 'timezone', 'until']
with people as (
  -- Which person each identifier with an order belongs to, by the newest event that says so.
  select node_id, arg_max(profile_id, event_id) as profile_id
  from events
  where order_number is not null
    and node_id is not null
    and profile_id is not null
  group by node_id
), counted as (
  -- New customers: people whose first order of all, cancelled ones left out, was placed in the period.
  select
    orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
    orders.source_id, orders.number, orders.node_id, orders.currency as order_currency,
    orders.total_minor
  from orders
  join people using (node_id)
  where orders.placed_at < $until
    and orders.cancelled_at is null
  qualify row_number() over (
      partition by people.profile_id order by orders.placed_at, orders.source_id, orders.number
    ) = 1
    and orders.placed_at >= $since
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

-- metrics.new_buyers.rows ['limit', 'offset', 'since', 'until']
with people as (
  -- Which person each identifier with an order belongs to, by the newest event that says so.
  select node_id, arg_max(profile_id, event_id) as profile_id
  from events
  where order_number is not null
    and node_id is not null
    and profile_id is not null
  group by node_id
), counted as (
  -- New customers: people whose first order of all, cancelled ones left out, was placed in the period.
  select
    orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
    orders.source_id, orders.number, orders.node_id, orders.currency as order_currency,
    orders.total_minor
  from orders
  join people using (node_id)
  where orders.placed_at < $until
    and orders.cancelled_at is null
  qualify row_number() over (
      partition by people.profile_id order by orders.placed_at, orders.source_id, orders.number
    ) = 1
    and orders.placed_at >= $since
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
