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
