-- without flatten
select
  count(*) as members
from people
where lower(people."trait:city") = $p1
  and (people."trait:vip" = $p2 and people.profile_id in (
  select
    profile_id
  from memberships
  where segment_id = $p3
    and is_in
    and profile_id is not null
));

-- with flatten
select
  count(*) as members
from people
where lower(people."trait:city") = $p1
  and people."trait:vip" = $p2
  and people.profile_id in (
  select
    profile_id
  from memberships
  where segment_id = $p3
    and is_in
    and profile_id is not null
);
