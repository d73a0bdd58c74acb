-- Orders as their events tell them: the newest word on total and units wins, refunds add up,
-- whatever the order of arrival; ties of time go to the larger values. Only trusted keys speak of
-- orders. The rows of the order table (unify/orders/folding.py) say the same.
SELECT
    source_id,
    order_number AS number,
    coalesce(
        arg_max(node_id, ("at", node_id))
            FILTER (WHERE name IN ('Order Completed', 'Order Updated') AND node_id IS NOT NULL),
        max(node_id)
    ) AS node_id,
    coalesce(
        arg_max(profile_id, ("at", node_id))
            FILTER (WHERE name IN ('Order Completed', 'Order Updated') AND node_id IS NOT NULL),
        arg_max(profile_id, node_id)
    ) AS profile_id,
    min("at") FILTER (WHERE name = 'Order Completed') AS placed_at,
    coalesce(
        arg_max(currency, ("at", total_minor, units, currency))
            FILTER (WHERE name IN ('Order Completed', 'Order Updated')),
        max(currency)
    ) AS currency,
    coalesce(
        arg_max(total_minor, ("at", total_minor, units, currency))
            FILTER (WHERE name IN ('Order Completed', 'Order Updated')),
        0
    ) AS total_minor,
    coalesce(
        arg_max(units, ("at", total_minor, units, currency))
            FILTER (WHERE name IN ('Order Completed', 'Order Updated')),
        0
    ) AS units,
    arg_max(lines, ("at", total_minor, units, currency))
        FILTER (WHERE name IN ('Order Completed', 'Order Updated')) AS lines,
    coalesce(sum(total_minor) FILTER (WHERE name = 'Order Refunded'), 0)::BIGINT AS refunded_minor,
    coalesce(sum(units) FILTER (WHERE name = 'Order Refunded'), 0)::BIGINT AS units_returned,
    max("at") FILTER (WHERE name = 'Order Refunded') AS refunded_at,
    min("at") FILTER (WHERE name = 'Order Cancelled') AS cancelled_at
FROM events
WHERE order_number IS NOT NULL AND trusted
GROUP BY source_id, order_number
