-- The view "orders", of those orders only that stand in a selection of the statement: columns
-- source_id and order_number.
WITH events AS (
    SELECT told.*
    FROM events AS told
    SEMI JOIN query_table(hits) AS hit
        ON hit.source_id = told.source_id AND hit.order_number = told.order_number
    WHERE told.order_number IS NOT NULL AND told.trusted
)
