-- The orders placed last.
select
  source_id, number, node_id, placed_at, currency, total_minor, units, refunded_minor, refunded_at,
  cancelled_at
from orders
where placed_at is not null
order by placed_at desc, source_id, number
limit $limit
