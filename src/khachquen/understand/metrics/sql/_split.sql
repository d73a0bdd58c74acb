-- The parts the number falls into, the largest first; they add up to it.
select split, cast(sum(amount) as hugeint) as amount
from counted
group by split
order by amount desc, split
