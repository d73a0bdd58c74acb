-- The segments people were in, each at a moment: of every segment how many of each code. Somebody in
-- two of them is in both; who was in none is there once, without a segment.
with stood as materialized (
  select
    unnest(cast(string_split(nullif($codes, ''), ',') as bigint[])) as code,
    unnest(cast(string_split(nullif($people, ''), ',') as bigint[])) as person,
    make_timestamp(unnest(cast(string_split(nullif($ats, ''), ',') as bigint[]))) as told_at,
    unnest(generate_series(1, len(string_split(nullif($codes, ''), ',')))) as place
), heard as (
  select stood.place, stood.code, changes.segment_id, arg_max(changes.is_in, changes.seq) as is_in
  from stood
  join membership_changes as changes
    on changes.profile_id = stood.person
    and changes."at" <= stood.told_at
  group by stood.place, stood.code, changes.segment_id
), belonged as (
  select place, code, segment_id
  from heard
  where is_in
)
select stood.code, belonged.segment_id, count(*) as many
from stood
left join belonged on belonged.place = stood.place
group by stood.code, belonged.segment_id
order by belonged.segment_id nulls last, stood.code
