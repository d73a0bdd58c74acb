-- query.members
--   p1 = 'ha noi'
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(contains(replace(replace(strip_accents(lower(people."trait:city")), 'đ', 'd'), 'ð', 'd'), $p1), false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = 'ha noi'
select
  count(*) as members
from people
where contains(replace(replace(strip_accents(lower(people."trait:city")), 'đ', 'd'), 'ð', 'd'), $p1);
