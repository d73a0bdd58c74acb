-- query.members
--   p1 = 3
with c1 as (
  select
    profile_id
  from memberships
  where segment_id = $p1
    and is_in
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
    c1.profile_id is not null as yes1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member;

-- query.count
--   p1 = 3
select
  count(*) as members
from people
where people.profile_id in (
  select
    profile_id
  from memberships
  where segment_id = $p1
    and is_in
    and profile_id is not null
);
