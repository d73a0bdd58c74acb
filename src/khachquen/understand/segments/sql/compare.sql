-- Three parts two segments make, each with what its people come to. Who became part of another since
-- the last refresh is in no part.
select
  part,
  count(*) as people,
  count(*) filter (where people.orders > 0) as buyers,
  coalesce(sum(people.orders), 0)::bigint as orders,
  coalesce(sum(people.spent_minor), 0)::bigint as spent_minor,
  count(*) filter (where people.phone <> '' or people.email <> '') as reachable,
  median(date_diff('day', people.last_seen, cast($now as timestamp)))::bigint as quiet_days,
  median(date_diff('day', people.last_order_at, cast($now as timestamp)))::bigint as order_days
from (
  select
    profile_id,
    case
      when count(distinct segment_id) = 2 then 'both'
      when min(segment_id) = $one then 'only_one'
      else 'only_other'
    end as part
  from memberships
  where segment_id in ($one, $other)
  group by profile_id
) as told
join people on people.profile_id = told.profile_id
group by part
