-- metrics.visits.total ['since', 'until']
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
  -- Visits (sessions): a visitor's event after 30 minutes or more without one begins a visit. A visit
  -- counts on the day it begins.
  select
    "at", event_id as unit, '' as currency, 1 as amount,
    coalesce(channel, '') as split, event_id, node_id, visitor, page_path, channel, came_from, referrer, utm_source
  from (
    select *, lag("at") over (partition by visitor order by "at", event_id) as previous_at
    from device_events
  )
  where "at" >= $since
    and (previous_at is null or "at" - previous_at >= interval 30 minutes)
)
-- The number, one row a currency.
select currency, cast(sum(amount) as hugeint) as amount, count(*) as base
from counted
group by currency
order by currency;

-- metrics.visits.series ['grain', 'since', 'timezone', 'until']
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
  -- Visits (sessions): a visitor's event after 30 minutes or more without one begins a visit. A visit
  -- counts on the day it begins.
  select
    "at", event_id as unit, '' as currency, 1 as amount,
    coalesce(channel, '') as split, event_id, node_id, visitor, page_path, channel, came_from, referrer, utm_source
  from (
    select *, lag("at") over (partition by visitor order by "at", event_id) as previous_at
    from device_events
  )
  where "at" >= $since
    and (previous_at is null or "at" - previous_at >= interval 30 minutes)
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

-- metrics.visits.rows ['limit', 'offset', 'since', 'until']
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
  -- Visits (sessions): a visitor's event after 30 minutes or more without one begins a visit. A visit
  -- counts on the day it begins.
  select
    "at", event_id as unit, '' as currency, 1 as amount,
    coalesce(channel, '') as split, event_id, node_id, visitor, page_path, channel, came_from, referrer, utm_source
  from (
    select *, lag("at") over (partition by visitor order by "at", event_id) as previous_at
    from device_events
  )
  where "at" >= $since
    and (previous_at is null or "at" - previous_at >= interval 30 minutes)
)
-- The rows behind the number, newest first.
select *
from counted
order by "at" desc, unit, amount
limit $limit offset $offset;
