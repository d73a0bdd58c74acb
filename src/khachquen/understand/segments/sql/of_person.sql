select segment_id, "at", cause
from memberships
where profile_id = $profile_id
order by segment_id
