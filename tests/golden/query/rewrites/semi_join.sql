-- without semi_join
with c1 as (
  select
    profile_id,
    count(*) as v1
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
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

-- with semi_join
select
  count(*) as members
from (
  select
    profile_id
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and profile_id is not null
  group by profile_id
);
