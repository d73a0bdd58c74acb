-- Gross revenue: the totals of the orders placed in the period, cancelled ones left out.
select
  placed_at as "at", source_id || ':' || number as unit, currency, total_minor as amount,
  source_id, number, node_id, units
from orders
where placed_at >= $since
  and placed_at < $until
  and cancelled_at is null
