with page as (
  select profile_id, is_in, "at", cause, seq
  from membership_changes
  where segment_id = $segment
    and ($before_seq is null or (seq, profile_id) < ($before_seq, $before_profile))
  order by seq desc, profile_id desc
  limit $limit
)
select
  page.profile_id, page.is_in, page."at", page.cause, page.seq,
  people.name, people.phone, people.email
from page
left join people on people.profile_id = page.profile_id
order by page.seq desc, page.profile_id desc
