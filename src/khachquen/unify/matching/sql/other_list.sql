-- Two rows of one list are not compared, when two lists are linked.
DELETE FROM pair
USING record AS one, record AS two
WHERE one.id = l AND two.id = r AND one.source = two.source
