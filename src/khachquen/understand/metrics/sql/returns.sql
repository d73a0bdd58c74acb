-- Orders of which something came back in the period, whenever they were placed; also returns whose
-- order is not known here.
select
  refunded_at as "at", source_id || ':' || number as unit, '' as currency, 1 as amount,
  source_id, number, node_id, currency as order_currency, refunded_minor, units_returned
from orders
where refunded_at >= $since
  and refunded_at < $until
  and cancelled_at is null
