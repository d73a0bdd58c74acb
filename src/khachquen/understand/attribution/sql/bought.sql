-- What people bought in between: orders not cancelled, refunds taken off.
select
  profile_id as person, placed_at, currency, total_minor - refunded_minor as net_minor
from orders
where profile_id is not null
  and placed_at >= $since
  and placed_at < $until
  and cancelled_at is null
order by placed_at, source_id, number
