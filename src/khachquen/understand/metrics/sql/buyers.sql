-- Customers who bought: the different people with an order placed in the period and not cancelled.
-- Orders of nobody known (walk-ins) cannot be told apart and are left out.
select
  orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
  orders.number as tie, orders.source_id, orders.number, orders.node_id,
  orders.currency as order_currency, orders.total_minor
from orders
join people using (node_id)
where orders.placed_at >= $since
  and orders.placed_at < $until
  and orders.cancelled_at is null
