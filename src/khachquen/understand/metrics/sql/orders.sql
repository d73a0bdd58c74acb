-- Orders placed in the period; orders cancelled since are left out.
select
  placed_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
  source_id, number, node_id, currency as order_currency, total_minor, units
from orders
where placed_at >= $since
  and placed_at < $until
  and cancelled_at is null
