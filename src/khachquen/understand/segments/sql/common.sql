-- What is most often bought in each part two segments make: the category of most people there.
select part, category, people
from (
  select told.part, line.category as category, count(distinct told.profile_id) as people
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
  join orders on orders.profile_id = told.profile_id and orders.cancelled_at is null,
  unnest(orders.lines) as unnested(line)
  where line.category <> ''
  group by told.part, line.category
)
qualify row_number() over (partition by part order by people desc, category) = 1
