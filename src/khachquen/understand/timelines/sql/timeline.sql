-- A person's events, newest first, from before a place on. ``since`` is where the caller knows that
-- enough of them lie: files of earlier months are not opened then. Each column costs as much as a
-- file does, so a page asks for those it says something of.
select
  event_id, type, name, kind, "at", page_path, page_title, order_number, currency, total_minor, units,
  lines, properties, traits{also}
from kinds
where ($kind = '' or kind = $kind)
  and ($since is null or "at" >= cast($since as timestamp))
  and ($before_at is null or "at" <= cast($before_at as timestamp))
  and ($before_at is null or "at" < cast($before_at as timestamp) or event_id < $before_id)
  and (
    $words = ''
    or contains(
      replace(strip_accents(lower(concat_ws(' ', name, page_title, page_path, order_number, properties))), 'đ', 'd'),
      $words
    )
  )
order by "at" desc, event_id desc
limit $limit
