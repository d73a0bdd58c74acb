-- without rows_first
select
  count(*) as members
from people
where people.profile_id in (
  select
    profile_id
  from human_events
  where type = $p1
    and name = $p2
    and "at" > $p3::timestamp
    and profile_id is not null
);

-- with rows_first
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
