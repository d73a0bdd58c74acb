-- The number of different units; base: the rows they were seen in.
select '' as currency, count(distinct unit) as amount, count(*) as base
from counted
