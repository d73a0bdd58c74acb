-- query.members
--   p1 = '/price'
--   p2 = 'track'
--   p3 = 'Product Added'
--   p4 = '/category'
--   p5 = 'giày'
--   p6 = datetime.datetime(2026, 10, 31, 17, 0)
--   p7 = datetime.datetime(2026, 11, 30, 17, 0)
--   p8 = 500000
with c1 as (
  select
    profile_id,
    sum(try_cast(json_extract_string(properties, $p1) as double)) as v1
  from human_events
  where type = $p2
    and name = $p3
    and lower(json_extract_string(properties, $p4)) = $p5
    and "at" >= $p6::timestamp
    and "at" < $p7::timestamp
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(coalesce(c1.v1, 0) > $p8, false) as yes1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member;

-- query.count
--   p1 = '/price'
--   p2 = 'track'
--   p3 = 'Product Added'
--   p4 = '/category'
--   p5 = 'giày'
--   p6 = datetime.datetime(2026, 10, 31, 17, 0)
--   p7 = datetime.datetime(2026, 11, 30, 17, 0)
--   p8 = 500000
with c1 as (
  select
    profile_id,
    sum(try_cast(json_extract_string(properties, $p1) as double)) as v1
  from human_events
  where type = $p2
    and name = $p3
    and lower(json_extract_string(properties, $p4)) = $p5
    and "at" >= $p6::timestamp
    and "at" < $p7::timestamp
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from c1
  where coalesce(c1.v1, 0) > $p8
);
