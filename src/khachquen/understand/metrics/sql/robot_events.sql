-- Robot events: what crawlers, link previews, scanners, monitors and automated browsers caused. They
-- are in no other number. Programs that send events in their own name are not counted here.
select
  "at", event_id as unit, '' as currency, 1 as amount,
  robot_kind as split, event_id, node_id, robot, robot_kind, coalesce(name, type) as name, page_path, source_id
from events
where "at" >= $since
  and "at" < $until
  and robot is not null
  and robot_kind <> 'program'
