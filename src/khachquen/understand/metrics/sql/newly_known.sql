-- Newly known people: the first time ever that a person left a user id, an e-mail address, a phone
-- number or an order falls into the period.
select
  min("at") as "at", profile_id as unit, '' as currency, 1 as amount,
  arg_min(node_id, "at") as node_id, arg_min(source_id, "at") as source_id,
  arg_min(coalesce(name, type), "at") as name
from human_events
where "at" < $until
  and profile_id is not null
  and (
    nullif(user_id, '') is not null
    or (trusted and order_number is not null)
    or (
      type = 'identify'
      and coalesce(json_extract_string(traits, '$.email'), json_extract_string(traits, '$.phone'))
        is not null
    )
  )
group by profile_id
having min("at") >= $since
