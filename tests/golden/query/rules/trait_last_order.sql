-- query.members
--   p1 = datetime.datetime(2026, 8, 22, 5, 0)
--   p2 = datetime.timedelta(days=90)
select
  profile_id,
  yes1 as is_member,
  due1 as due_at
from (
  select
    people.profile_id,
    coalesce(not (people.last_order_at > $p1::timestamp), false) as yes1,
    case when people.last_order_at > $p1::timestamp then people.last_order_at + $p2 else null end as due1
  from people
)
where is_member or due_at is not null;

-- query.count
--   p1 = datetime.datetime(2026, 8, 22, 5, 0)
select
  count(*) as members
from people
where not (people.last_order_at > $p1::timestamp);
