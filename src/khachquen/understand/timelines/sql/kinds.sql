-- Every event of the given identifiers with its kind, for the filter above a timeline. As told: whose
-- an identifier is today does not matter here, so moves are not joined.
select
  *,
  case
    when type in ('page', 'screen') then 'view'
    when type in ('identify', 'group', 'alias') or name in ('Signed Up', 'Subscribed', 'Unsubscribed')
      or name like 'Consent %' then 'identity'
    when name like 'Order %' then 'order'
    when name like 'Product %' or name like 'Products %' or name like 'Cart %'
      or name like 'Checkout %' then 'browse'
    else 'other'
  end as kind
from told_events
where node_id in (select unnest(cast($node_ids as bigint[])))
  {under}
