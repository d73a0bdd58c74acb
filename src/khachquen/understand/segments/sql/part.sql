-- The people of one part two segments make, by number from one on.
with mine as (
  select
    profile_id,
    max("at") as "at",
    case
      when count(distinct segment_id) = 2 then 'both'
      when min(segment_id) = $one then 'only_one'
      else 'only_other'
    end as part
  from memberships
  where segment_id in ($one, $other) and profile_id > $after
  group by profile_id
)
select mine.profile_id, mine."at", '' as cause, people.name, people.phone, people.email
from mine
left join people on people.profile_id = mine.profile_id
where mine.part = $part
order by mine.profile_id
limit $limit
