-- query.members
--   p1 = 'thu-tet'
--   p2 = 2000
--   p3 = 4000
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    ('0x' || substr(md5($p1 || ':' || people.profile_id), 1, 8))::bigint % 10000 >= $p2 and ('0x' || substr(md5($p1 || ':' || people.profile_id), 1, 8))::bigint % 10000 < $p3 as yes1
  from people
)
where is_member;

-- query.count
--   p1 = 'thu-tet'
--   p2 = 2000
--   p3 = 4000
select
  count(*) as members
from people
where ('0x' || substr(md5($p1 || ':' || people.profile_id), 1, 8))::bigint % 10000 >= $p2
  and ('0x' || substr(md5($p1 || ':' || people.profile_id), 1, 8))::bigint % 10000 < $p3;
