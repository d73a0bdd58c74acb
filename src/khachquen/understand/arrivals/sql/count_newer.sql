-- How many events and refusals came in after a place, under the same filter as newest.
select
  (
    select count(*)
    from events
    where $outcome in ('', 'stored')
      and (cast($source_id as bigint) is null or source_id = $source_id)
      and ($name = '' or name = $name or type = $name)
      and (
        $holds = ''
        or contains(lower(user_id), $holds)
        or contains(lower(anonymous_id), $holds)
        or contains(lower(message_id), $holds)
        or list_contains(cast($profile_ids as bigint[]), profile_id)
      )
      and event_id > $after_event
  ) as stored,
  (
    select count(*)
    from refusals
    where $outcome in ('', outcome)
      and (cast($source_id as bigint) is null or source_id = $source_id)
      and $name = ''
      and ($holds = '' or contains(lower(message_id), $holds))
      and received_at > $after_refusal
  ) as refused,
  (select max(event_id) from events where event_id > $after_event) as last_event,
  (select max(received_at) from refusals where received_at > $after_refusal) as last_refusal
