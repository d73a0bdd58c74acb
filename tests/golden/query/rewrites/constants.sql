-- without constants
select
  count(*) as members
from people
where lower(people."trait:city") = $p1
  and (people.profile_id in (
  select
    profile_id
  from human_events
  where type = $p2
    and name = $p3
    and "at" > $p4::timestamp
    and profile_id is not null
) or (('0x' || substr(md5($p5 || ':' || people.profile_id), 1, 8))::bigint % 10000 >= $p6 and ('0x' || substr(md5($p5 || ':' || people.profile_id), 1, 8))::bigint % 10000 < $p7));

-- with constants
select
  count(*) as members
from people
where lower(people."trait:city") = $p1;
