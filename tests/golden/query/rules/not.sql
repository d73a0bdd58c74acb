-- query.members
--   p1 = 'track'
--   p2 = 'Email Clicked'
--   p3 = datetime.datetime(2026, 11, 6, 5, 0)
--   p4 = datetime.datetime(9999, 12, 31, 0, 0)
--   p5 = datetime.datetime(1, 1, 1, 0, 0)
--   p6 = True
--   p7 = 1
--   p8 = datetime.timedelta(days=14)
with c1 as (
  select
    profile_id,
    count(*) as v1,
    max("at") as v2
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes3 as is_member,
  nullif(greatest(holds3, fails3), $p4::timestamp) as due_at
from (
  select
    profile_id,
    yes1,
    yes2,
    due2,
    yes1 or yes2 as yes3,
    greatest(case when yes1 then $p4::timestamp else $p5::timestamp end, case when yes2 then coalesce(due2, $p4::timestamp) else $p5::timestamp end) as holds3,
    least(case when yes1 then $p5::timestamp else $p4::timestamp end, case when yes2 then $p5::timestamp else coalesce(due2, $p4::timestamp) end) as fails3
  from (
    select
      people.profile_id,
      not coalesce(people."trait:vip" = $p6, false) as yes1,
      coalesce(c1.v1 < $p7, true) as yes2,
      c1.v2 + $p8 as due2
    from people
    left join c1 on c1.profile_id = people.profile_id
  )
)
where is_member or due_at is not null;

-- query.count
--   p1 = True
--   p2 = 'track'
--   p3 = 'Email Clicked'
--   p4 = datetime.datetime(2026, 11, 6, 5, 0)
select
  count(*) as members
from people
where not coalesce(people."trait:vip" = $p1, false) or not people.profile_id in (
  select
    profile_id
  from human_events
  where type = $p2
    and name = $p3
    and "at" > $p4::timestamp
    and profile_id is not null
);
