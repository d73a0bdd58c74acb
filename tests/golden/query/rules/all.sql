-- query.members
--   p1 = 'Order Completed'
--   p2 = datetime.datetime(2026, 10, 21, 5, 0)
--   p3 = 'track'
--   p4 = 'Product Viewed'
--   p5 = datetime.datetime(9999, 12, 31, 0, 0)
--   p6 = datetime.datetime(1, 1, 1, 0, 0)
--   p7 = 'hà nội'
--   p8 = 1
--   p9 = datetime.timedelta(days=30)
--   p10 = 0
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
    count(*) as v1,
    max("at") as v2
  from human_events
  where type = $p3
    and name = $p4
    and "at" > $p2::timestamp
    and profile_id is not null
  group by profile_id
), c2 as (
  select
    profile_id,
    min(placed_at) as v1,
    count(*) as v2,
    max(placed_at) as v3
  from orders_among('hit1')
  where placed_at is not null
    and cancelled_at is null
    and placed_at > $p2::timestamp
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes4 as is_member,
  nullif(greatest(holds4, fails4), $p5::timestamp) as due_at
from (
  select
    profile_id,
    yes1,
    yes2,
    due2,
    yes3,
    due3,
    yes1 and yes2 and yes3 as yes4,
    least(case when yes1 then $p5::timestamp else $p6::timestamp end, case when yes2 then coalesce(due2, $p5::timestamp) else $p6::timestamp end, case when yes3 then coalesce(due3, $p5::timestamp) else $p6::timestamp end) as holds4,
    greatest(case when yes1 then $p6::timestamp else $p5::timestamp end, case when yes2 then $p6::timestamp else coalesce(due2, $p5::timestamp) end, case when yes3 then $p6::timestamp else coalesce(due3, $p5::timestamp) end) as fails4
  from (
    select
      people.profile_id,
      coalesce(lower(people."trait:city") = $p7, false) as yes1,
      coalesce(c1.v1 >= $p8, false) as yes2,
      c1.v2 + $p9 as due2,
      coalesce(c2.v2 = $p10, true) as yes3,
      c2.v3 + $p9 as due3
    from people
    left join c1 on c1.profile_id = people.profile_id
    left join c2 on c2.profile_id = people.profile_id
  )
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'Order Completed'
--   p2 = datetime.datetime(2026, 10, 21, 5, 0)
--   p3 = 'hà nội'
--   p4 = 'track'
--   p5 = 'Product Viewed'
with hit1 as (
  select
    source_id,
    order_number
  from events
  where order_number is not null
    and trusted
    and name = $p1
    and "at" > $p2::timestamp
)
select
  count(*) as members
from people
where lower(people."trait:city") = $p3
  and people.profile_id in (
  select
    profile_id
  from human_events
  where type = $p4
    and name = $p5
    and "at" > $p2::timestamp
    and profile_id is not null
)
  and not people.profile_id in (
  select
    profile_id
  from orders_among('hit1')
  where placed_at is not null
    and cancelled_at is null
    and placed_at > $p2::timestamp
    and profile_id is not null
);
