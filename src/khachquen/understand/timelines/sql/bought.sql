-- What the identifiers bought, by product and by category, from the lines of each order as last told.
with told as (
  select source_id, order_number, currency, lines
  from told_events
  where node_id in (select unnest(cast($node_ids as bigint[])))
    and trusted
    and order_number is not null
    and name in ('Order Completed', 'Order Updated', 'Order Cancelled')
  qualify
    row_number() over (
      partition by source_id, order_number
      order by name = 'Order Cancelled', len(coalesce(lines, [])) > 0 desc, "at" desc, event_id desc
    ) = 1
    and not bool_or(name = 'Order Cancelled') over (partition by source_id, order_number)
), bought as (
  select
    told.currency, line.quantity as units, line.amount_minor as amount_minor,
    coalesce(nullif(line.name, ''), line.sku) as product,
    nullif(line.category, '') as category
  from told, unnest(told.lines) as unnested(line)
), parts as (
  select 'product' as part, product as label, currency, units, amount_minor from bought
  union all
  select 'category' as part, category as label, currency, units, amount_minor from bought
)
select part, label, currency, sum(units)::bigint as units, sum(amount_minor)::bigint as amount_minor
from parts
where label is not null
group by part, label, currency
qualify row_number() over (partition by part order by sum(amount_minor) desc, label) <= $limit
order by part, amount_minor desc, label
