-- query.members
--   p1 = datetime.datetime(2026, 10, 21, 5, 0)
--   p2 = 'track'
--   p3 = 'Signed Up'
--   p4 = datetime.datetime(2026, 8, 22, 5, 0)
--   p5 = 1
--   p6 = datetime.timedelta(days=90)
--   p7 = datetime.timedelta(days=30)
with c1 as (
  select
    profile_id,
    count(*) filter (where "at" <= $p1::timestamp) as v1,
    min("at") filter (where "at" <= $p1::timestamp) as v2,
    min("at") filter (where "at" > $p1::timestamp) as v3
  from human_events
  where type = $p2
    and name = $p3
    and "at" > $p4::timestamp
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
    coalesce(c1.v1 >= $p5, false) as yes1,
    least(c1.v2 + $p6, c1.v3 + $p7) as due1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'track'
--   p2 = 'Signed Up'
--   p3 = datetime.datetime(2026, 8, 22, 5, 0)
--   p4 = datetime.datetime(2026, 10, 21, 5, 0)
select
  count(*) as members
from (
  select
    profile_id
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and "at" <= $p4::timestamp
    and profile_id is not null
  group by profile_id
);
