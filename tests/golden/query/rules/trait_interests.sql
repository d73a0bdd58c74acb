-- query.members
--   p1 = ['cà phê', 'du lịch']
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(list_has_any(list_transform(people."trait:interests", x -> lower(x)), $p1), false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = ['cà phê', 'du lịch']
select
  count(*) as members
from people
where list_has_any(list_transform(people."trait:interests", x -> lower(x)), $p1);
