-- without push_not
with c1 as (
  select
    profile_id,
    count(*) as v1
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from people
where not (not coalesce(lower(people."trait:city") = $p1, false) or people.profile_id in (
  select
    profile_id
  from c1
  where c1.v1 >= $p2
));

-- with push_not
with c1 as (
  select
    profile_id,
    count(*) as v1
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from people
where lower(people."trait:city") = $p1
  and not people.profile_id in (
  select
    profile_id
  from c1
  where not coalesce(c1.v1 < $p2, false)
);
