-- The orders an average is made of: placed in the period, neither cancelled nor returned, not even
-- in part.
select
  placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
  source_id, number, node_id, units
from orders
where placed_at >= $since
  and placed_at < $until
  and cancelled_at is null
  and refunded_at is null
