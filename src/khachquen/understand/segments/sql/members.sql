with page as (
  select profile_id, "at", cause
  from memberships
  where segment_id = $segment and profile_id > $after
  order by profile_id
  limit $limit
)
select page.profile_id, page."at", page.cause, people.name, people.phone, people.email
from page
left join people on people.profile_id = page.profile_id
order by page.profile_id
