-- Units in the orders placed in the period, cancelled ones left out; returns are not taken off.
select
  placed_at as "at", source_id || ':' || number as unit, '' as currency, units as amount,
  source_id, number, node_id
from orders
where placed_at >= $since
  and placed_at < $until
  and cancelled_at is null
