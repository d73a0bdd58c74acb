-- Whose identifiers were before each of their moves, and after it.
select distinct was, profile_id as now
from moves
where node_id in (select unnest(cast($node_ids as bigint[])))
