-- query.members
--   p1 = 'track'
--   p2 = 'Product Viewed'
--   p3 = datetime.datetime(2026, 10, 21, 5, 0)
--   p4 = 1
--   p5 = datetime.timedelta(days=30)
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
  yes1 as is_member,
  due1 as due_at
from (
  select
    people.profile_id,
    coalesce(c1.v1 >= $p4, false) as yes1,
    c1.v2 + $p5 as due1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'track'
--   p2 = 'Product Viewed'
--   p3 = datetime.datetime(2026, 10, 21, 5, 0)
select
  count(*) as members
from (
  select
    profile_id
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and profile_id is not null
  group by profile_id
);
