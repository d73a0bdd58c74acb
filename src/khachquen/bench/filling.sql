-- Who did what when, all from hashes of the event's number: no seed is needed, nothing is stored. The
-- first person is busy: ten thousand events, by hundreds of browsers. A person has the number of
-- their browser; their user id came later, so its number is far from that, as in real shops.
CREATE TABLE told AS
SELECT
    range + 1 AS event_id,
    CASE
        WHEN range < least($events // 40, 10000) THEN 1 ELSE 2 + (hash(range, 1) % ($people - 1))::BIGINT
    END AS person,
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
    CASE
        WHEN kind >= 40 THEN $people + 1 + (person * 7919) % $people
        WHEN person > 1 THEN person
        ELSE 4 * $people + 1 + product % 300
    END AS node_id,
    person AS profile_id,
    CASE WHEN person > 1 THEN 'a' || person ELSE 'busy-' || (product % 300) END AS anonymous_id,
    CASE WHEN kind >= 40 THEN 'u' || person END AS user_id,
    CASE WHEN kind < 60 THEN '/san-pham/' || product END AS page_path,
    CASE WHEN kind < 60 THEN 'Hàng ' || product END AS page_title,
    CASE WHEN kind < 60 THEN 'https://nhamay.vn/san-pham/' || product END AS page_url,
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
    profile_id AS person, count(*) AS events,
    epoch_us(min("at")) AS first_at, epoch_us(max("at")) AS last_at,
    count(*) FILTER (WHERE order_number IS NOT NULL) AS orders,
    coalesce(sum(total_minor), 0)::BIGINT AS spent,
    epoch_us(max("at") FILTER (WHERE order_number IS NOT NULL)) AS last_order_at
FROM events
GROUP BY profile_id
ORDER BY profile_id;

CREATE TABLE person_traits AS
SELECT
    person,
    ['"nam"', '"nữ"'][1 + (hash(person, 7) % 2)::INTEGER] AS gender,
    ['"Hà Nội"', '"Huế"', '"Đà Nẵng"', '"Cần Thơ"'][1 + (hash(person, 8) % 4)::INTEGER] AS city
FROM people
ORDER BY person;

CREATE TABLE person_orders AS
SELECT order_number, node_id, epoch_us("at") AS placed_at, total_minor
FROM events
WHERE order_number IS NOT NULL
ORDER BY order_number
