-- What brought in most: the lines, as last told, of the orders placed in the period and not
-- cancelled. Lines without a sku go by their name.
select
  coalesce(nullif(line.sku, ''), line.name, '') as sku,
  arg_max(line.name, told."at") filter (where line.name is not null) as name,
  told.currency,
  sum(line.quantity) as units,
  cast(sum(line.amount_minor) as hugeint) as amount,
  count(distinct (told.source_id, told.order_number)) as orders
from (
  select source_id, order_number, "at", currency, lines
  from events
  where trusted
    and order_number is not null
    and name in ('Order Completed', 'Order Updated')
    and len(lines) > 0
  qualify row_number() over (
    partition by source_id, order_number order by "at" desc, event_id desc
  ) = 1
) as told
join orders
  on orders.source_id = told.source_id
  and orders.number = told.order_number
  and orders.placed_at >= $since
  and orders.placed_at < $until
  and orders.cancelled_at is null,
  unnest(told.lines) as unnested(line)
group by 1, told.currency
order by amount desc, units desc, sku
limit $limit
