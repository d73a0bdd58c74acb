-- query.members
--   p1 = 'ads/email/granted'
--   p2 = 'granted'
--   p3 = 'ads/email/asked'
--   p4 = 'asked'
--   p5 = 'ads/email/refused'
--   p6 = 'refused'
--   p7 = 'ads/email/withdrawn'
--   p8 = 'withdrawn'
--   p9 = 'ads/email/expired'
--   p10 = 'expired'
--   p11 = 'unknown'
select
  profile_id,
  yes1 as is_member,
  null::timestamp as due_at
from (
  select
    people.profile_id,
    coalesce(case when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p1), false) then $p2 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p3), false) then $p4 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p5), false) then $p6 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p7), false) then $p8 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p9), false) then $p10 else $p11 end in ($p8, $p6), false) as yes1
  from people
)
where is_member;

-- query.count
--   p1 = 'ads/email/granted'
--   p2 = 'granted'
--   p3 = 'ads/email/asked'
--   p4 = 'asked'
--   p5 = 'ads/email/refused'
--   p6 = 'refused'
--   p7 = 'ads/email/withdrawn'
--   p8 = 'withdrawn'
--   p9 = 'ads/email/expired'
--   p10 = 'expired'
--   p11 = 'unknown'
select
  count(*) as members
from people
where case when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p1), false) then $p2 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p3), false) then $p4 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p5), false) then $p6 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p7), false) then $p8 when coalesce(list_contains(list_transform(people.consents, x -> lower(x)), $p9), false) then $p10 else $p11 end in ($p8, $p6);
