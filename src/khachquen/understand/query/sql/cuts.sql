-- The quintiles of recency in days, of the number of orders and of money, over everybody who bought.
-- Between two values the quantile is interpolated, as R's type 7 does.
select
  count(*) as people,
  quantile_cont(
    $today::date - timezone($timezone, timezone('UTC', last_order_at))::date, [0.2, 0.4, 0.6, 0.8]
  ) as recency,
  quantile_cont(orders, [0.2, 0.4, 0.6, 0.8]) as frequency,
  quantile_cont(spent_minor, [0.2, 0.4, 0.6, 0.8]) as money
from people
where last_order_at is not null
