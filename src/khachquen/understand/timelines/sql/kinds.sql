-- Every event of the given identifiers with its kind, for the filter above a timeline.
select
  *,
  case
    when type in ('page', 'screen') then 'view'
    when type in ('identify', 'group', 'alias') or name in ('Signed Up', 'Subscribed', 'Unsubscribed')
      then 'identity'
    when name like 'Order %' then 'order'
    when name like 'Product %' or name like 'Products %' or name like 'Cart %'
      or name like 'Checkout %' then 'browse'
    else 'other'
  end as kind
from events
where node_id in (select unnest(cast($node_ids as bigint[])))
