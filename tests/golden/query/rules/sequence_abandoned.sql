-- query.members
--   p1 = 'track'
--   p2 = 'Product Added'
--   p3 = datetime.datetime(2026, 11, 13, 5, 0)
--   p4 = 'Order Completed'
--   p5 = datetime.timedelta(days=1)
--   p6 = datetime.datetime(2026, 11, 20, 5, 0)
--   p7 = 1
--   p8 = datetime.timedelta(days=7)
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
), against2 as (
  select
    profile_id,
    "at"
  from human_events
  where type = $p1
    and name = $p4
    and "at" > $p3::timestamp
    and profile_id is not null
), parted3 as (
  select
    begun1.profile_id,
    begun1."at",
    begun1.begun,
    against2."at" as against
  from begun1
  asof left join against2 on against2.profile_id = begun1.profile_id and against2."at" > begun1."at"
), c1 as (
  select
    profile_id,
    count(*) filter (where ("at" + $p5) <= $p6::timestamp and (against is null or against > ("at" + $p5))) as v1,
    max(begun) filter (where ("at" + $p5) <= $p6::timestamp and (against is null or against > ("at" + $p5))) as v2,
    min("at") filter (where not (("at" + $p5) <= $p6::timestamp) and against is null) as v3
  from parted3
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  due1 as due_at
from (
  select
    people.profile_id,
    coalesce(c1.v1 >= $p7, false) as yes1,
    least(c1.v2 + $p8, c1.v3 + $p5) as due1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member or due_at is not null;

-- query.count
--   p1 = 'track'
--   p2 = 'Product Added'
--   p3 = datetime.datetime(2026, 11, 13, 5, 0)
--   p4 = 'Order Completed'
--   p5 = datetime.timedelta(days=1)
--   p6 = datetime.datetime(2026, 11, 20, 5, 0)
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
), against2 as (
  select
    profile_id,
    "at"
  from human_events
  where type = $p1
    and name = $p4
    and "at" > $p3::timestamp
    and profile_id is not null
), parted3 as (
  select
    begun1.profile_id,
    begun1."at",
    begun1.begun,
    against2."at" as against
  from begun1
  asof left join against2 on against2.profile_id = begun1.profile_id and against2."at" > begun1."at"
)
select
  count(*) as members
from (
  select
    profile_id
  from parted3
  where ("at" + $p5) <= $p6::timestamp
    and (against is null or against > ("at" + $p5))
  group by profile_id
);
