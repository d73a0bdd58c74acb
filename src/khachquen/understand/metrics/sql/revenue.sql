-- Revenue: gross revenue less refunds. A refund counts on the day it is given, not on the order's.
select
  placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
  source_id, number, node_id, 'order' as entry
from orders
where placed_at >= $since
  and placed_at < $until
  and cancelled_at is null
union all
select
  refunded_at as "at", source_id || ':' || number as unit, currency, -refunded_minor as amount,
  source_id, number, node_id, 'refund' as entry
from orders
where refunded_at >= $since
  and refunded_at < $until
  and cancelled_at is null
  and refunded_minor <> 0
