-- Their orders, of all events that speak of them, whoever those name.
CREATE OR REPLACE TEMP TABLE touched_orders AS
WITH events AS (
    SELECT told_events.*
    FROM told_events
    SEMI JOIN touched_order_keys
        ON touched_order_keys.source_id = told_events.source_id
        AND touched_order_keys.number = told_events.order_number
    WHERE order_number IS NOT NULL
),
told_orders AS (
{orders}
)
SELECT told_orders.* REPLACE (touched_nodes.profile_id AS profile_id)
FROM told_orders
JOIN touched_nodes ON touched_nodes.node_id = told_orders.node_id
