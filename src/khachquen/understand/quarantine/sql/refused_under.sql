-- Every refusal a message id met, with what became of those that were taken in again.
select
  told_refusals.*,
  redrives.outcome as redriven_as, redrives.reason as redriven_reason,
  redrives.event_id as redriven_event_id, redrives.message_id as redriven_message_id,
  redrives."at" as redriven_at
from told_refusals
left join redrives
  on told_refusals.outcome = 'quarantined' and redrives.place = told_refusals.place
where told_refusals.message_id = $message_id
order by told_refusals.received_at, told_refusals.place
