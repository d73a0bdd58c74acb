-- without read_once
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
), c2 as (
  select
    profile_id,
    sum(try_cast(json_extract_string(properties, $p4) as double)) as v1
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and profile_id is not null
  group by profile_id
), c3 as (
  select
    profile_id,
    count(*) as v1
  from human_events
  where type = $p1
    and name = $p2
    and lower(json_extract_string(properties, $p5)) = $p6
    and "at" > $p3::timestamp
    and profile_id is not null
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
    where c1.v1 >= $p7
  ) as people
  where people.profile_id in (
    select
      profile_id
    from c2
    where coalesce(c2.v1, 0) > $p8
  )
    and people.profile_id in (
    select
      profile_id
    from c3
    where c3.v1 >= $p9
  )
);

-- with read_once
with c1 as (
  select
    profile_id,
    count(*) as v1,
    sum(try_cast(json_extract_string(properties, $p1) as double)) as v2,
    count(*) filter (where lower(json_extract_string(properties, $p2)) = $p3) as v3
  from human_events
  where type = $p4
    and name = $p5
    and "at" > $p6::timestamp
    and profile_id is not null
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
    where c1.v1 >= $p7
  ) as people
  where people.profile_id in (
    select
      profile_id
    from c1
    where coalesce(c1.v2, 0) > $p8
  )
    and people.profile_id in (
    select
      profile_id
    from c1
    where c1.v3 >= $p9
  )
);
