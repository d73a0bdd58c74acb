-- query.members
--   p1 = 'track'
--   p2 = 'Product Viewed'
--   p3 = datetime.datetime(2026, 10, 21, 5, 0)
--   p4 = 'Product Added'
--   p5 = datetime.timedelta(days=1)
--   p6 = 1
--   p7 = datetime.timedelta(days=30)
with begun1 as (
  select
    profile_id,
    "at",
    "at" as begun
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and profile_id is not null
), step2 as (
  select
    profile_id,
    "at"
  from human_events
  where type = $p1
    and name = $p4
    and "at" > $p3::timestamp
    and profile_id is not null
), chain3 as (
  select
    step2.profile_id,
    step2."at",
    begun1.begun
  from step2
  asof join begun1 on begun1.profile_id = step2.profile_id and begun1."at" < step2."at"
  where step2."at" <= (begun1."at" + $p5)
), c1 as (
  select
    profile_id,
    count(*) as v1,
    max(begun) as v2
  from chain3
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  due1 as due_at
from (
  select
    people.profile_id,
    coalesce(c1.v1 >= $p6, false) as yes1,
    c1.v2 + $p7 as due1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'track'
--   p2 = 'Product Viewed'
--   p3 = datetime.datetime(2026, 10, 21, 5, 0)
--   p4 = 'Product Added'
--   p5 = datetime.timedelta(days=1)
with begun1 as (
  select
    profile_id,
    "at",
    "at" as begun
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and profile_id is not null
), step2 as (
  select
    profile_id,
    "at"
  from human_events
  where type = $p1
    and name = $p4
    and "at" > $p3::timestamp
    and profile_id is not null
), chain3 as (
  select
    step2.profile_id,
    step2."at",
    begun1.begun
  from step2
  asof join begun1 on begun1.profile_id = step2.profile_id and begun1."at" < step2."at"
  where step2."at" <= (begun1."at" + $p5)
)
select
  count(*) as members
from (
  select
    profile_id
  from chain3
  group by profile_id
);
