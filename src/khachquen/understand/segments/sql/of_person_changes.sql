-- What somebody entered and left, the latest first.
select segment_id, is_in, "at", cause, seq
from membership_changes
where profile_id = $profile_id
  and ($before_seq is null or (seq, segment_id) < ($before_seq, $before_segment))
order by seq desc, segment_id desc
limit $limit
