-- query.members
--   p1 = 'Order Completed'
--   p2 = datetime.datetime(2026, 8, 22, 5, 0)
--   p3 = 'VND'
--   p4 = 1000000
--   p5 = datetime.timedelta(days=90)
with hit1 as (
  select
    source_id,
    order_number
  from events
  where order_number is not null
    and trusted
    and name = $p1
    and "at" > $p2::timestamp
), c1 as (
  select
    profile_id,
    min(placed_at) as v1,
    sum(total_minor - refunded_minor) as v2
  from orders_among('hit1')
  where placed_at is not null
    and cancelled_at is null
    and currency = $p3
    and placed_at > $p2::timestamp
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  due1 as due_at
from (
  select
    people.profile_id,
    coalesce(coalesce(c1.v2, 0) >= $p4, false) as yes1,
    c1.v1 + $p5 as due1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'Order Completed'
--   p2 = datetime.datetime(2026, 8, 22, 5, 0)
--   p3 = 'VND'
--   p4 = 1000000
with hit1 as (
  select
    source_id,
    order_number
  from events
  where order_number is not null
    and trusted
    and name = $p1
    and "at" > $p2::timestamp
), c1 as (
  select
    profile_id,
    sum(total_minor - refunded_minor) as v1
  from orders_among('hit1')
  where placed_at is not null
    and cancelled_at is null
    and currency = $p3
    and placed_at > $p2::timestamp
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from c1
  where coalesce(c1.v1, 0) >= $p4
);
