-- query.members
--   p1 = datetime.datetime(2026, 10, 21, 5, 0)
--   p2 = 'new'
--   p3 = datetime.datetime(2026, 9, 21, 5, 0)
--   p4 = 'active'
--   p5 = datetime.datetime(2026, 5, 24, 5, 0)
--   p6 = 'at_risk'
--   p7 = 'lost'
--   p8 = datetime.timedelta(days=30)
--   p9 = datetime.timedelta(days=60)
--   p10 = datetime.timedelta(days=180)
select
  profile_id,
  yes1 as is_member,
  due1 as due_at
from (
  select
    people.profile_id,
    coalesce(case when people.last_order_at is null then null when people.first_order_at > $p1::timestamp then $p2 when people.last_order_at > $p3::timestamp then $p4 when people.last_order_at > $p5::timestamp then $p6 else $p7 end = $p6, false) as yes1,
    least(case when people.first_order_at > $p1::timestamp then people.first_order_at + $p8 else null end, case when people.last_order_at > $p3::timestamp then people.last_order_at + $p9 else null end, case when people.last_order_at > $p5::timestamp then people.last_order_at + $p10 else null end) as due1
  from people
)
where is_member or due_at is not null;

-- query.count
--   p1 = datetime.datetime(2026, 10, 21, 5, 0)
--   p2 = 'new'
--   p3 = datetime.datetime(2026, 9, 21, 5, 0)
--   p4 = 'active'
--   p5 = datetime.datetime(2026, 5, 24, 5, 0)
--   p6 = 'at_risk'
--   p7 = 'lost'
select
  count(*) as members
from people
where case when people.last_order_at is null then null when people.first_order_at > $p1::timestamp then $p2 when people.last_order_at > $p3::timestamp then $p4 when people.last_order_at > $p5::timestamp then $p6 else $p7 end = $p6;
