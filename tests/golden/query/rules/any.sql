-- query.members
--   p1 = 'VND'
--   p2 = datetime.datetime(2025, 11, 20, 5, 0)
--   p3 = datetime.datetime(9999, 12, 31, 0, 0)
--   p4 = datetime.datetime(1, 1, 1, 0, 0)
--   p5 = 5
--   p6 = 5000000
--   p7 = datetime.timedelta(days=365)
with c1 as (
  select
    profile_id,
    min(placed_at) as v1,
    sum(total_minor - refunded_minor) as v2
  from orders
  where placed_at is not null
    and cancelled_at is null
    and currency = $p1
    and placed_at > $p2::timestamp
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes3 as is_member,
  nullif(greatest(holds3, fails3), $p3::timestamp) as due_at
from (
  select
    profile_id,
    yes1,
    yes2,
    due2,
    yes1 or yes2 as yes3,
    greatest(case when yes1 then $p3::timestamp else $p4::timestamp end, case when yes2 then coalesce(due2, $p3::timestamp) else $p4::timestamp end) as holds3,
    least(case when yes1 then $p4::timestamp else $p3::timestamp end, case when yes2 then $p4::timestamp else coalesce(due2, $p3::timestamp) end) as fails3
  from (
    select
      people.profile_id,
      coalesce(people.orders >= $p5, false) as yes1,
      coalesce(coalesce(c1.v2, 0) >= $p6, false) as yes2,
      c1.v1 + $p7 as due2
    from people
    left join c1 on c1.profile_id = people.profile_id
  )
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'VND'
--   p2 = datetime.datetime(2025, 11, 20, 5, 0)
--   p3 = 5
--   p4 = 5000000
with c1 as (
  select
    profile_id,
    sum(total_minor - refunded_minor) as v1
  from orders
  where placed_at is not null
    and cancelled_at is null
    and currency = $p1
    and placed_at > $p2::timestamp
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from people
where people.orders >= $p3 or people.profile_id in (
  select
    profile_id
  from c1
  where coalesce(c1.v1, 0) >= $p4
);
