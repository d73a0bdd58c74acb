-- query.members
--   p1 = 'track'
--   p2 = 'Email Opened'
--   p3 = 0
with c1 as (
  select
    profile_id,
    count(*) as v1
  from human_events
  where type = $p1
    and name = $p2
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
    coalesce(c1.v1 = $p3, true) as yes1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member;

-- query.count
--   p1 = 'track'
--   p2 = 'Email Opened'
select
  count(*) as members
from people
where not people.profile_id in (
  select
    profile_id
  from human_events
  where type = $p1
    and name = $p2
    and profile_id is not null
);
