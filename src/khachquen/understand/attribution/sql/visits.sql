-- Who came to the shop after a touch and who then did what was wanted; the earliest of each.
with touches as (
  select
    unnest(cast(string_split(nullif($owners, ''), ',') as bigint[])) as owner,
    unnest(cast(string_split(nullif($people, ''), ',') as bigint[])) as person,
    make_timestamp(unnest(cast(string_split(nullif($ats, ''), ',') as bigint[]))) as touched_at
), seen as (
  select touches.owner, touches.person, touches.touched_at, min(shown."at") as visited_at
  from touches
  join human_events as shown
    on shown.profile_id = touches.person
    and shown.type in ('page', 'screen')
    and shown."at" >= touches.touched_at
    and shown."at" < touches.touched_at + to_days(cast($days as integer))
  group by touches.owner, touches.person, touches.touched_at
), deeds as (
  select profile_id as person, placed_at as "at"
  from orders
  where $action = 'order'
    and placed_at is not null
    and cancelled_at is null
  union all
  select profile_id as person, "at"
  from human_events
  where type = 'track'
    and list_contains(cast($names as varchar[]), name)
)
select seen.owner, min(seen.visited_at) as visited_at, min(deeds."at") as acted_at
from seen
left join deeds
  on deeds.person = seen.person
  and deeds."at" >= seen.visited_at
  and deeds."at" < seen.touched_at + to_days(cast($days as integer))
group by seen.owner
order by seen.owner
