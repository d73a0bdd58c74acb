-- query.members

select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    people.suppressed is null as yes1
  from people
)
where is_member;

-- query.count

select
  count(*) as members
from people
where people.suppressed is null;
