-- Who is in which segment as of now, since when and by what: the newest word on each.
SELECT segment_id, profile_id, max(seq) AS seq, arg_max("at", seq) AS "at",
    arg_max(cause, seq) AS cause, true AS is_in
FROM membership_changes
GROUP BY segment_id, profile_id
HAVING arg_max(is_in, seq)
