-- query.members
--   p1 = 'hà nội'
--   p2 = 'huế'
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    not coalesce(lower(people."trait:city") in ($p1, $p2), false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = 'hà nội'
--   p2 = 'huế'
select
  count(*) as members
from people
where not coalesce(lower(people."trait:city") in ($p1, $p2), false);
