-- The number of different units of each step, by the shop's clocks; weeks start on Monday.
select
  cast(date_trunc($grain, timezone($timezone, timezone('UTC', "at"))) as date) as bucket,
  '' as currency,
  count(distinct unit) as amount,
  count(*) as base
from counted
group by bucket
order by bucket
