-- without null_is_no
select
  count(*) as members
from people
where coalesce(lower(people."trait:city") = $p1, false);

-- with null_is_no
select
  count(*) as members
from people
where lower(people."trait:city") = $p1;
