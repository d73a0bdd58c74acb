select
  count(*) filter (where is_in_one and is_in_other) as both,
  count(*) filter (where is_in_one and not is_in_other) as only_one,
  count(*) filter (where is_in_other and not is_in_one) as only_other
from (
  select
    profile_id,
    bool_or(segment_id = $one) as is_in_one,
    bool_or(segment_id = $other) as is_in_other
  from memberships
  where segment_id in ($one, $other)
  group by profile_id
)
