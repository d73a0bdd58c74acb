-- Orders cancelled in the period, whenever they were placed.
select
  cancelled_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
  source_id, number, node_id, placed_at, currency as order_currency, total_minor
from orders
where cancelled_at >= $since
  and cancelled_at < $until
