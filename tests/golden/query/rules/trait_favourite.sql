-- query.members
--   p1 = 3
--   p2 = 'giày'
with told_category as (
  select
    profile_id,
    line.category as told,
    count(*) as times,
    max(placed_at) as newest
  from (select *, unnest(lines) as line from orders)
  where placed_at is not null
    and cancelled_at is null
    and line.category is not null
    and profile_id is not null
  group by profile_id, line.category
), c1 as (
  select
    profile_id,
    count(*) as v1
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
), c2 as (
  select
    profile_id,
    arg_max(told, (times, newest, told)) as v1
  from told_category
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(c1.v1 >= $p1, false) and coalesce(lower(c2.v1) = $p2, false) as yes1
  from people
  left join c1 on c1.profile_id = people.profile_id
  left join c2 on c2.profile_id = people.profile_id
)
where is_member;

-- query.count
--   p1 = 3
--   p2 = 'giày'
with told_category as (
  select
    profile_id,
    line.category as told,
    count(*) as times,
    max(placed_at) as newest
  from (select *, unnest(lines) as line from orders)
  where placed_at is not null
    and cancelled_at is null
    and line.category is not null
    and profile_id is not null
  group by profile_id, line.category
), c1 as (
  select
    profile_id,
    count(*) as v1
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
), c2 as (
  select
    profile_id,
    arg_max(told, (times, newest, told)) as v1
  from told_category
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from (
    select
      profile_id
    from c1
    where c1.v1 >= $p1
  ) as people
  where people.profile_id in (
    select
      profile_id
    from c2
    where lower(c2.v1) = $p2
  )
);
