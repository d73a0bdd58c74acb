-- without orders_among
select
  count(*) as members
from (
  select
    profile_id
  from (select *, unnest(lines) as line from orders)
  where placed_at is not null
    and cancelled_at is null
    and lower(line.category) = $p1
    and profile_id is not null
  group by profile_id
);

-- with orders_among
with hit1 as (
  select
    source_id,
    order_number
  from (select *, unnest(lines) as line from events)
  where order_number is not null
    and trusted
    and lower(line.category) = $p1
)
select
  count(*) as members
from (
  select
    profile_id
  from (select *, unnest(lines) as line from orders_among('hit1'))
  where placed_at is not null
    and cancelled_at is null
    and lower(line.category) = $p1
    and profile_id is not null
  group by profile_id
);
