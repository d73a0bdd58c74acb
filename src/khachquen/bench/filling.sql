-- Who did what when, all from hashes of the event's number: no seed is needed, nothing is stored.
CREATE TABLE told AS
SELECT
    range + 1 AS event_id,
    1 + (hash(range, 1) % $people)::BIGINT AS profile_id,
    $until::TIMESTAMP - to_microseconds(
        ((hash(range, 2) % 1000000) / 1000000.0 * (hash(range, 3) % 1000000) / 1000000.0
            * $days * 86400000000)::BIGINT
    ) AS "at",
    (hash(range, 4) % 100)::INTEGER AS kind,
    (hash(range, 5) % 500)::INTEGER AS product,
    (1 + hash(range, 6) % 30)::BIGINT * 10000 AS price
FROM range($events);

CREATE TABLE events AS
SELECT
    event_id,
    'b-' || event_id AS message_id,
    1::BIGINT AS source_id,
    true AS trusted,
    CASE WHEN kind < 60 THEN 'page' ELSE 'track' END AS type,
    CASE
        WHEN kind < 60 THEN 'Trang sản phẩm'
        WHEN kind < 80 THEN 'Product Viewed'
        WHEN kind < 92 THEN 'Product Added'
        ELSE 'Order Completed'
    END AS name,
    "at",
    "at" AS received_at,
    profile_id AS node_id,
    profile_id,
    'u' || profile_id AS user_id,
    CASE WHEN kind < 60 THEN '/san-pham/' || product END AS page_path,
    ['direct', 'search', 'social', 'email'][1 + kind % 4] AS channel,
    CASE WHEN kind >= 92 THEN 'B-' || event_id END AS order_number,
    CASE WHEN kind >= 92 THEN 'VND' END AS currency,
    CASE WHEN kind >= 92 THEN price END AS total_minor,
    CASE WHEN kind >= 92 THEN 1::BIGINT END AS units,
    CASE WHEN kind >= 92 THEN [{
        'sku': 'S' || product, 'name': 'Hàng ' || product, 'category': 'Nhóm ' || (product % 20),
        'quantity': 1::BIGINT, 'price_minor': price, 'amount_minor': price
    }] END AS lines,
    CASE
        WHEN kind >= 60 THEN '{"product_id":"S' || product || '","price":' || price || '}'
        ELSE '{}'
    END AS properties,
    '{}' AS traits,
    '{}' AS context
FROM told;

CREATE TABLE people AS
SELECT
    profile_id, count(*) AS events, epoch_us(min("at")) AS first_at, epoch_us(max("at")) AS last_at,
    count(*) FILTER (WHERE order_number IS NOT NULL) AS orders,
    coalesce(sum(total_minor), 0)::BIGINT AS spent,
    epoch_us(max("at") FILTER (WHERE order_number IS NOT NULL)) AS last_order_at
FROM events
GROUP BY profile_id
ORDER BY profile_id;

CREATE TABLE person_traits AS
SELECT
    profile_id,
    ['"nam"', '"nữ"'][1 + (hash(profile_id, 7) % 2)::INTEGER] AS gender,
    ['"Hà Nội"', '"Huế"', '"Đà Nẵng"', '"Cần Thơ"'][1 + (hash(profile_id, 8) % 4)::INTEGER] AS city
FROM people
ORDER BY profile_id;

CREATE TABLE person_orders AS
SELECT order_number, profile_id, epoch_us("at") AS placed_at, total_minor
FROM events
WHERE order_number IS NOT NULL
ORDER BY order_number
