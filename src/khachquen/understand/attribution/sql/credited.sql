-- Orders placed within some days of a touch, and whom they are owed to by the model. Cancelled ones
-- are nobody's. What shares cannot be divided evenly goes to the first of them, so that the parts of
-- an order are the order. $group 0: of everybody.
with touches as (
  select
    unnest(cast(string_split(nullif($owners, ''), ',') as bigint[])) as owner,
    unnest(cast(string_split(nullif($groups, ''), ',') as bigint[])) as grp,
    unnest(cast(string_split(nullif($people, ''), ',') as bigint[])) as person,
    make_timestamp(unnest(cast(string_split(nullif($ats, ''), ',') as bigint[]))) as touched_at
), touched as (
  select
    orders.source_id, orders.number, orders.profile_id, orders.placed_at, orders.currency,
    orders.total_minor, orders.refunded_minor, touches.owner, touches.grp,
    min(touches.touched_at) as first_at, max(touches.touched_at) as last_at
  from orders
  join touches
    on touches.person = orders.profile_id
    and orders.placed_at >= touches.touched_at
    and orders.placed_at < touches.touched_at + to_days(cast($days as integer))
  where orders.cancelled_at is null
  group by all
), ranked as (
  select
    *,
    row_number() over (
      partition by source_id, number order by last_at desc, owner desc
    ) as from_last,
    row_number() over (partition by source_id, number order by first_at, owner) as from_first,
    count(*) over (partition by source_id, number) as touching
  from touched
), owed as (
  select *, if($model = 'linear', touching, 1) as parts, if($model = 'linear', from_first, 1) as part
  from ranked
  where $model = 'linear'
    or ($model = 'last' and from_last = 1)
    or ($model = 'first' and from_first = 1)
)
select
  owner, grp as "group", profile_id as person, source_id, number, placed_at, currency, part, parts,
  total_minor // parts + if(part <= total_minor % parts, 1, 0) as gross_minor,
  refunded_minor // parts + if(part <= refunded_minor % parts, 1, 0) as refunded_minor
from owed
where $group = 0 or grp = $group
order by placed_at, source_id, number, part
