-- metrics.buyers.total ['since', 'until']
with people as (
  -- Which person each identifier with an order belongs to, by the newest event that says so.
  select node_id, arg_max(profile_id, event_id) as profile_id
  from events
  where order_number is not null
    and node_id is not null
    and profile_id is not null
  group by node_id
), counted as (
  -- Customers who bought: the different people with an order placed in the period and not cancelled.
  -- Orders of nobody known (walk-ins) cannot be told apart and are left out.
  select
    orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
    orders.number as tie, orders.source_id, orders.number, orders.node_id,
    orders.currency as order_currency, orders.total_minor
  from orders
  join people using (node_id)
  where orders.placed_at >= $since
    and orders.placed_at < $until
    and orders.cancelled_at is null
)
-- The number of different units; base: the rows they were seen in.
select '' as currency, count(distinct unit) as amount, count(*) as base
from counted;

-- metrics.buyers.series ['grain', 'since', 'timezone', 'until']
with people as (
  -- Which person each identifier with an order belongs to, by the newest event that says so.
  select node_id, arg_max(profile_id, event_id) as profile_id
  from events
  where order_number is not null
    and node_id is not null
    and profile_id is not null
  group by node_id
), counted as (
  -- Customers who bought: the different people with an order placed in the period and not cancelled.
  -- Orders of nobody known (walk-ins) cannot be told apart and are left out.
  select
    orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
    orders.number as tie, orders.source_id, orders.number, orders.node_id,
    orders.currency as order_currency, orders.total_minor
  from orders
  join people using (node_id)
  where orders.placed_at >= $since
    and orders.placed_at < $until
    and orders.cancelled_at is null
)
-- The number of different units of each step, by the shop's clocks; weeks start on Monday.
select
  cast(date_trunc($grain, timezone($timezone, timezone('UTC', "at"))) as date) as bucket,
  '' as currency,
  count(distinct unit) as amount,
  count(*) as base
from counted
group by bucket
order by bucket;

-- metrics.buyers.rows ['limit', 'offset', 'since', 'until']
with people as (
  -- Which person each identifier with an order belongs to, by the newest event that says so.
  select node_id, arg_max(profile_id, event_id) as profile_id
  from events
  where order_number is not null
    and node_id is not null
    and profile_id is not null
  group by node_id
), counted as (
  -- Customers who bought: the different people with an order placed in the period and not cancelled.
  -- Orders of nobody known (walk-ins) cannot be told apart and are left out.
  select
    orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
    orders.number as tie, orders.source_id, orders.number, orders.node_id,
    orders.currency as order_currency, orders.total_minor
  from orders
  join people using (node_id)
  where orders.placed_at >= $since
    and orders.placed_at < $until
    and orders.cancelled_at is null
)
-- The rows behind the number: each unit once, as it was first seen in the period.
select *
from counted
qualify row_number() over (partition by unit order by "at", tie) = 1
order by "at" desc, unit
limit $limit offset $offset;
