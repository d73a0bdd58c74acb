-- metrics.visitors.total ['since', 'until']
with device_events as (
  -- What people did on a device of their own: pages and screens seen, and events a browser or an app
  -- told of. Events a server, a till or a file told of are no visits: they carry no anonymous id, or
  -- come from a trusted key without a page. Robots are none either. Starts half an hour early, for visits already under way.
  select
    event_id, "at", type, name, node_id, profile_id, page_path, page_title, referrer, utm_source,
    utm_campaign, channel, came_from,
    coalesce('a:' || nullif(anonymous_id, ''), 'u:' || nullif(user_id, '')) as visitor
  from human_events
  where "at" >= $since - interval 30 minutes
    and "at" < $until
    and (
      type in ('page', 'screen')
      or (
        type = 'track'
        and nullif(anonymous_id, '') is not null
        and (not trusted or nullif(page_url, '') is not null)
      )
    )
    and coalesce(nullif(anonymous_id, ''), nullif(user_id, '')) is not null
), counted as (
  -- Visitors: the different devices (anonymous ids) seen in the period; where an event carries no
  -- anonymous id, the user id stands for the device.
  select
    "at", visitor as unit, '' as currency, 1 as amount,
    event_id as tie, node_id, visitor, page_path, channel, came_from, referrer, utm_source
  from device_events
  where "at" >= $since
)
-- The number of different units; base: the rows they were seen in.
select '' as currency, count(distinct unit) as amount, count(*) as base
from counted;

-- metrics.visitors.series ['grain', 'since', 'timezone', 'until']
with device_events as (
  -- What people did on a device of their own: pages and screens seen, and events a browser or an app
  -- told of. Events a server, a till or a file told of are no visits: they carry no anonymous id, or
  -- come from a trusted key without a page. Robots are none either. Starts half an hour early, for visits already under way.
  select
    event_id, "at", type, name, node_id, profile_id, page_path, page_title, referrer, utm_source,
    utm_campaign, channel, came_from,
    coalesce('a:' || nullif(anonymous_id, ''), 'u:' || nullif(user_id, '')) as visitor
  from human_events
  where "at" >= $since - interval 30 minutes
    and "at" < $until
    and (
      type in ('page', 'screen')
      or (
        type = 'track'
        and nullif(anonymous_id, '') is not null
        and (not trusted or nullif(page_url, '') is not null)
      )
    )
    and coalesce(nullif(anonymous_id, ''), nullif(user_id, '')) is not null
), counted as (
  -- Visitors: the different devices (anonymous ids) seen in the period; where an event carries no
  -- anonymous id, the user id stands for the device.
  select
    "at", visitor as unit, '' as currency, 1 as amount,
    event_id as tie, node_id, visitor, page_path, channel, came_from, referrer, utm_source
  from device_events
  where "at" >= $since
)
-- The number of different units of each step, by the shop's clocks; weeks start on Monday.
select
  cast(date_trunc($grain, timezone($timezone, timezone('UTC', "at"))) as date) as bucket,
  '' as currency,
  count(distinct unit) as amount,
  count(*) as base
from counted
group by bucket
order by bucket;

-- metrics.visitors.rows ['limit', 'offset', 'since', 'until']
with device_events as (
  -- What people did on a device of their own: pages and screens seen, and events a browser or an app
  -- told of. Events a server, a till or a file told of are no visits: they carry no anonymous id, or
  -- come from a trusted key without a page. Robots are none either. Starts half an hour early, for visits already under way.
  select
    event_id, "at", type, name, node_id, profile_id, page_path, page_title, referrer, utm_source,
    utm_campaign, channel, came_from,
    coalesce('a:' || nullif(anonymous_id, ''), 'u:' || nullif(user_id, '')) as visitor
  from human_events
  where "at" >= $since - interval 30 minutes
    and "at" < $until
    and (
      type in ('page', 'screen')
      or (
        type = 'track'
        and nullif(anonymous_id, '') is not null
        and (not trusted or nullif(page_url, '') is not null)
      )
    )
    and coalesce(nullif(anonymous_id, ''), nullif(user_id, '')) is not null
), counted as (
  -- Visitors: the different devices (anonymous ids) seen in the period; where an event carries no
  -- anonymous id, the user id stands for the device.
  select
    "at", visitor as unit, '' as currency, 1 as amount,
    event_id as tie, node_id, visitor, page_path, channel, came_from, referrer, utm_source
  from device_events
  where "at" >= $since
)
-- The rows behind the number: each unit once, as it was first seen in the period.
select *
from counted
qualify row_number() over (partition by unit order by "at", tie) = 1
order by "at" desc, unit
limit $limit offset $offset;
