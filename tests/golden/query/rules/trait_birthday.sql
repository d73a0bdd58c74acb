-- query.members
--   p1 = [1101, 1102, 1103, 1104, 1105, 1106, 1107, 1108, 1109, 1110, 1111, 1112, 1113, 1114, 1115, 1116, 1117, 1118, 1119, 1120, 1121, 1122, 1123, 1124, 1125, 1126, 1127, 1128, 1129, 1130]
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(month(people."trait:birthday") * 100 + day(people."trait:birthday") in (select unnest($p1)), false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = [1101, 1102, 1103, 1104, 1105, 1106, 1107, 1108, 1109, 1110, 1111, 1112, 1113, 1114, 1115, 1116, 1117, 1118, 1119, 1120, 1121, 1122, 1123, 1124, 1125, 1126, 1127, 1128, 1129, 1130]
select
  count(*) as members
from people
where month(people."trait:birthday") * 100 + day(people."trait:birthday") in (select unnest($p1));
