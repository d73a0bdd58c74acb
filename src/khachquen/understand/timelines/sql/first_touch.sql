-- How a person came for the first time, by any of their identifiers: the earliest event that tells of
-- a way. Robots bring nobody, and a step within the site is no arrival.
select "at", event_id, channel, came_from, utm_campaign, click_kind, click_id, page_path
from human_events
where node_id in (select unnest(cast($node_ids as bigint[])))
  and channel is not null
  and channel <> 'internal'
order by "at", event_id
limit 1
