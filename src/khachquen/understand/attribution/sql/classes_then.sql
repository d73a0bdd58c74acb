-- The classes people were in, each at a moment, by the orders they had placed before it: of every
-- combination how many of each code. What was cancelled or returned later had not happened yet. Times
-- are moved by as much as a moment lies before $latest, at which the expressions are asked.
with stood as materialized (
  select
    unnest(cast(string_split(nullif($codes, ''), ',') as bigint[])) as code,
    unnest(cast(string_split(nullif($people, ''), ',') as bigint[])) as person,
    make_timestamp(unnest(cast(string_split(nullif($ats, ''), ',') as bigint[]))) as told_at,
    unnest(generate_series(1, len(string_split(nullif($codes, ''), ',')))) as profile_id
), people as (
  select
    stood.profile_id,
    min(orders.placed_at + (cast($latest as timestamp) - stood.told_at)) as first_order_at,
    max(orders.placed_at + (cast($latest as timestamp) - stood.told_at)) as last_order_at,
    count(*) as orders,
    coalesce(
      sum(
        orders.total_minor
        - if(orders.refunded_at is null or orders.refunded_at >= stood.told_at, 0, orders.refunded_minor)
      ) filter (where orders.currency = $currency),
      0
    ) as spent_minor
  from stood
  join orders
    on orders.profile_id = stood.person
    and orders.placed_at < stood.told_at
    and (orders.cancelled_at is null or orders.cancelled_at >= stood.told_at)
  group by stood.profile_id
), told as (
{classes}
)
select stood.code, told.stage, told.value_tier, {rfm} as rfm, count(*) as many
from stood
left join told on told.profile_id = stood.profile_id
group by all
order by all
