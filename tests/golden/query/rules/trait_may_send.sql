-- query.members
--   p1 = 'ads/email'
--   p2 = True
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(coalesce(list_contains(list_transform(people.may_send, x -> lower(x)), $p1), false) = $p2, false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = 'ads/email'
--   p2 = True
select
  count(*) as members
from people
where coalesce(list_contains(list_transform(people.may_send, x -> lower(x)), $p1), false) = $p2;
