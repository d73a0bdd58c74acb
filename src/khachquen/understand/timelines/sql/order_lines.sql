-- The lines of an order as last told, then those that came back, return by return.
select
  told.entry, told."at", told.event_id, told.node_id, told.currency,
  line.sku, line.name, line.category, line.quantity, line.price_minor, line.amount_minor
from (
  select 'order' as entry, "at", event_id, node_id, currency, lines
  from events
  where source_id = $source_id
    and order_number = $number
    and trusted
    and name in ('Order Completed', 'Order Updated')
    and len(lines) > 0
  qualify row_number() over (order by "at" desc, event_id desc) = 1
  union all
  select 'refund' as entry, "at", event_id, node_id, currency, lines
  from events
  where source_id = $source_id
    and order_number = $number
    and trusted
    and name = 'Order Refunded'
) as told, unnest(told.lines) with ordinality as unnested(line, place)
order by told.entry, told."at", told.event_id, unnested.place
