-- Which person each identifier with an order belongs to, by the newest event that says so.
select node_id, arg_max(profile_id, event_id) as profile_id
from events
where order_number is not null
  and node_id is not null
  and profile_id is not null
group by node_id
