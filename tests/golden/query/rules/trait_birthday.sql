-- query.members
--   p1 = 1101
--   p2 = 1130
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(month(people."trait:birthday") * 100 + day(people."trait:birthday") >= $p1 and month(people."trait:birthday") * 100 + day(people."trait:birthday") <= $p2, false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = 1101
--   p2 = 1130
select
  count(*) as members
from people
where month(people."trait:birthday") * 100 + day(people."trait:birthday") >= $p1
  and month(people."trait:birthday") * 100 + day(people."trait:birthday") <= $p2;
