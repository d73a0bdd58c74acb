-- New customers: people whose first order of all, cancelled ones left out, was placed in the period.
select
  orders.placed_at as "at", people.profile_id as unit, '' as currency, 1 as amount,
  orders.source_id, orders.number, orders.node_id, orders.currency as order_currency,
  orders.total_minor
from orders
join people using (node_id)
where orders.placed_at < $until
  and orders.cancelled_at is null
qualify row_number() over (
    partition by people.profile_id order by orders.placed_at, orders.source_id, orders.number
  ) = 1
  and orders.placed_at >= $since
