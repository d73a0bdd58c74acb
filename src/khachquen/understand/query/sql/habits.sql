-- How each person usually buys, of orders that were not cancelled.
with placed as (
  select
    profile_id, source_id, units, lines, placed_at,
    timezone($timezone, timezone('UTC', placed_at)) as local_at,
    lag(placed_at) over (partition by profile_id order by placed_at, number) as before_at
  from orders
  where placed_at is not null and cancelled_at is null and profile_id is not null
), habits as (
  select
    profile_id,
    count(*) as orders,
    round(avg(units), 1) as units,
    median(epoch(placed_at - before_at)) / 86400 as days_between
  from placed
  group by profile_id
  having count(*) >= $least_orders
), told as (
  select profile_id, 'hour' as what, hour(local_at)::varchar as value, placed_at from placed
  union all
  select profile_id, 'weekday', isodow(local_at)::varchar, placed_at from placed
  union all
  select profile_id, 'source_id', source_id::varchar, placed_at from placed
  union all
  select profile_id, 'category', line.category, placed_at
  from placed, unnest(lines) as lines_of(line)
  where line.category is not null
), counted as (
  select profile_id, what, value, count(*) as times, max(placed_at) as newest
  from told
  group by profile_id, what, value
), usual as (
  select
    profile_id,
    arg_max(value, (times, newest, value)) filter (where what = 'category') as category,
    arg_max(value, (times, newest, value)) filter (where what = 'hour')::integer as hour,
    arg_max(value, (times, newest, value)) filter (where what = 'weekday')::integer as weekday,
    arg_max(value, (times, newest, value)) filter (where what = 'source_id')::bigint as source_id
  from counted
  group by profile_id
)
select
  profile_id, habits.orders, category, hour, weekday, source_id,
  round(days_between, 1) as days_between, habits.units
from habits
join usual using (profile_id)
order by profile_id
