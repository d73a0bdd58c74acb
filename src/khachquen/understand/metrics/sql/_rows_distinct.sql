-- The rows behind the number: each unit once, as it was first seen in the period.
select *
from counted
qualify row_number() over (partition by unit order by "at", tie) = 1
order by "at" desc, unit
limit $limit offset $offset
