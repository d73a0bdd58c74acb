-- metrics.robot_events.total ['since', 'until']
with counted as (
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
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.robot_events.series ['grain', 'since', 'timezone', 'until']
with counted as (
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
)
-- The number of each step of the period, by the shop's clocks; weeks start on Monday.
select
  cast(date_trunc($grain, timezone($timezone, timezone('UTC', "at"))) as date) as bucket,
  currency,
  cast(sum(amount) as hugeint) as amount,
  count(*) as base
from counted
group by bucket, currency
order by bucket, currency;

-- metrics.robot_events.rows ['limit', 'offset', 'since', 'until']
with counted as (
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
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
