-- query.members
--   p1 = datetime.datetime(2026, 10, 21, 5, 0)
--   p2 = datetime.timedelta(days=30)
with c1 as (
  select
    profile_id,
    min(placed_at) as v1
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  due1 as due_at
from (
  select
    people.profile_id,
    coalesce(c1.v1 > $p1::timestamp, false) as yes1,
    case when c1.v1 > $p1::timestamp then c1.v1 + $p2 else null end as due1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member or due_at is not null;

-- query.count
--   p1 = datetime.datetime(2026, 10, 21, 5, 0)
with c1 as (
  select
    profile_id,
    min(placed_at) as v1
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from c1
  where c1.v1 > $p1::timestamp
);
