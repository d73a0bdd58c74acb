-- query.members
--   p1 = 'giay'
--   p2 = datetime.datetime(2025, 12, 31, 17, 0)
--   p3 = datetime.datetime(2026, 6, 30, 17, 0)
--   p4 = 2
with hit1 as (
  select
    source_id,
    order_number
  from (select *, unnest(lines) as line from events)
  where order_number is not null
    and trusted
    and contains(replace(replace(strip_accents(lower(line.category)), 'đ', 'd'), 'ð', 'd'), $p1)
), c1 as (
  select
    profile_id,
    count(distinct (source_id, number)) as v1
  from (select *, unnest(lines) as line from orders_among('hit1'))
  where placed_at is not null
    and cancelled_at is null
    and contains(replace(replace(strip_accents(lower(line.category)), 'đ', 'd'), 'ð', 'd'), $p1)
    and placed_at >= $p2::timestamp
    and placed_at < $p3::timestamp
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(c1.v1 >= $p4, false) as yes1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member;

-- query.count
--   p1 = 'giay'
--   p2 = datetime.datetime(2025, 12, 31, 17, 0)
--   p3 = datetime.datetime(2026, 6, 30, 17, 0)
--   p4 = 2
with hit1 as (
  select
    source_id,
    order_number
  from (select *, unnest(lines) as line from events)
  where order_number is not null
    and trusted
    and contains(replace(replace(strip_accents(lower(line.category)), 'đ', 'd'), 'ð', 'd'), $p1)
), c1 as (
  select
    profile_id,
    count(distinct (source_id, number)) as v1
  from (select *, unnest(lines) as line from orders_among('hit1'))
  where placed_at is not null
    and cancelled_at is null
    and contains(replace(replace(strip_accents(lower(line.category)), 'đ', 'd'), 'ð', 'd'), $p1)
    and placed_at >= $p2::timestamp
    and placed_at < $p3::timestamp
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from c1
  where c1.v1 >= $p4
);
