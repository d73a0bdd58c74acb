-- query.members
--   p1 = 'track'
--   p2 = 'Email Clicked'
--   p3 = datetime.datetime(2026, 11, 6, 5, 0)
--   p4 = True
--   p5 = 1
--   p6 = datetime.timedelta(days=14)
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
  due3 as due_at
from (
  select
    people.profile_id,
    not coalesce(people."trait:vip" = $p4, false) as yes1,
    coalesce(c1.v1 < $p5, true) as yes2,
    c1.v2 + $p6 as due2,
    yes1 or yes2 as yes3,
    case when not (yes1 or yes2) then due2 when yes1 or (yes2 and due2 is null) then null else case when yes2 then due2 else null end end as due3
  from people
  left join c1 on c1.profile_id = people.profile_id
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
