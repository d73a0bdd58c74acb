-- query.members
--   p1 = True
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(people.is_household_head = $p1, false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = True
select
  count(*) as members
from people
where people.is_household_head = $p1;
