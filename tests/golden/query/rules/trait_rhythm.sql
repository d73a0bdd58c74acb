-- query.members
--   p1 = 3
--   p2 = 'Asia/Ho_Chi_Minh'
--   p3 = datetime.date(2026, 11, 13)
with c1 as (
  select
    profile_id,
    count(*) as v1,
    max(placed_at) + to_microseconds((list_median(list_transform(list_zip(list(placed_at order by placed_at)[2:], list(placed_at order by placed_at), true), x -> epoch_us(x[1]) - epoch_us(x[2]))))::bigint) as v2
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
)
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(c1.v1 >= $p1, false) and coalesce(timezone($p2, timezone('UTC', c1.v2))::date < $p3::date, false) as yes1
  from people
  left join c1 on c1.profile_id = people.profile_id
)
where is_member;

-- query.count
--   p1 = 3
--   p2 = 'Asia/Ho_Chi_Minh'
--   p3 = datetime.date(2026, 11, 13)
with c1 as (
  select
    profile_id,
    count(*) as v1,
    max(placed_at) + to_microseconds((list_median(list_transform(list_zip(list(placed_at order by placed_at)[2:], list(placed_at order by placed_at), true), x -> epoch_us(x[1]) - epoch_us(x[2]))))::bigint) as v2
  from orders
  where placed_at is not null
    and cancelled_at is null
    and profile_id is not null
  group by profile_id
)
select
  count(*) as members
from (
  select
    profile_id
  from (
    select
      profile_id
    from c1
    where c1.v1 >= $p1
  ) as people
  where people.profile_id in (
    select
      profile_id
    from c1
    where timezone($p2, timezone('UTC', c1.v2))::date < $p3::date
  )
);
