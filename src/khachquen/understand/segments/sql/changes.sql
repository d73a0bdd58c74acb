select profile_id, is_in, "at", cause, seq
from membership_changes
where segment_id = $segment
  and ($before_seq is null or (seq, profile_id) < ($before_seq, $before_profile))
order by seq desc, profile_id desc
limit $limit
