-- query.members
--   p1 = 'page'
--   p2 = '/khuyen-mai'
--   p3 = datetime.datetime(2026, 11, 13, 5, 0)
--   p4 = 3
--   p5 = 5
--   p6 = 6
--   p7 = datetime.timedelta(days=7)
with c1 as (
  select
    profile_id,
    count(*) as v1,
    max("at", 6) as v2,
    max("at", 3) as v3
  from human_events
  where type = $p1
    and starts_with(replace(replace(strip_accents(lower(page_path)), 'đ', 'd'), 'ð', 'd'), $p2)
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
    coalesce(c1.v1 >= $p4 and c1.v1 <= $p5, false) as yes1,
    case when c1.v1 >= $p6 then list_extract(c1.v2, 6) + $p7 when c1.v1 >= $p4 then list_extract(c1.v3, 3) + $p7 else null end as due1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'page'
--   p2 = '/khuyen-mai'
--   p3 = datetime.datetime(2026, 11, 13, 5, 0)
--   p4 = 3
--   p5 = 5
with c1 as (
  select
    profile_id,
    count(*) as v1
  from human_events
  where type = $p1
    and starts_with(replace(replace(strip_accents(lower(page_path)), 'đ', 'd'), 'ð', 'd'), $p2)
    and "at" > $p3::timestamp
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from c1
  where c1.v1 >= $p4
    and c1.v1 <= $p5
);
