select profile_id
from memberships
where segment_id = $segment and profile_id > $after and "at" <= $by
order by profile_id
limit $limit
