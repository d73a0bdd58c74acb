-- Refunds: money given back in the period, whenever the order was placed. What was given back of a
-- cancelled order is left out, because its total is left out of the revenue too.
select
  refunded_at as "at", source_id || ':' || number as unit, currency, refunded_minor as amount,
  source_id, number, node_id, units_returned
from orders
where refunded_at >= $since
  and refunded_at < $until
  and cancelled_at is null
  and refunded_minor <> 0
