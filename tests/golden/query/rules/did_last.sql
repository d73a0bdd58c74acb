-- query.members
--   p1 = '/category'
--   p2 = 'track'
--   p3 = 'Product Viewed'
--   p4 = 'giày'
with c1 as (
  select
    profile_id,
    arg_max(json_extract_string(properties, $p1), ("at", event_id)) as v1
  from human_events
  where type = $p2
    and name = $p3
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
    coalesce(lower(c1.v1) = $p4, false) as yes1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member;

-- query.count
--   p1 = '/category'
--   p2 = 'track'
--   p3 = 'Product Viewed'
--   p4 = 'giày'
with c1 as (
  select
    profile_id,
    arg_max(json_extract_string(properties, $p1), ("at", event_id)) as v1
  from human_events
  where type = $p2
    and name = $p3
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from c1
  where lower(c1.v1) = $p4
);
