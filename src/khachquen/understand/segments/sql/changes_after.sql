-- Who entered and left after a place, in the order it was written, up to a commit.
select seq, segment_id, profile_id, is_in, "at", cause
from membership_changes
where seq >= $seq and seq <= $upto
  and (seq, segment_id, profile_id) > ($seq, $segment, $person)
  and ($is_any or list_contains($segments, segment_id))
  and list_contains($ways, is_in)
order by seq, segment_id, profile_id
limit $limit
