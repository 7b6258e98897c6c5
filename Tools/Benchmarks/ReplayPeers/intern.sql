-- The same events with every name as a number: `events` in the database that is attached as `interned`. Not timed.
-- Customers, interactions and promises are numbered in the order of their first event, as a log would number them; who
-- never said a name, and the company itself, below zero. Words of the catalogue have the numbers of `words`.
CREATE TEMP TABLE customers AS
SELECT
  customer AS name,
  CASE
    WHEN starts_with(customer, 'anon:') OR customer = 'company:self'
      THEN -row_number() OVER (ORDER BY min(position))
    ELSE row_number() OVER (ORDER BY min(position))
  END::INTEGER AS number
FROM strings.events GROUP BY customer;

CREATE TEMP TABLE interactions AS
SELECT interaction AS name, row_number() OVER (ORDER BY min(position))::INTEGER AS number
FROM strings.events WHERE interaction IS NOT NULL GROUP BY interaction;

CREATE TEMP TABLE promises AS
SELECT promise AS name, row_number() OVER (ORDER BY min(position))::INTEGER AS number
FROM strings.events WHERE promise IS NOT NULL GROUP BY promise;

CREATE TEMP TABLE agents AS
SELECT agent AS name, row_number() OVER (ORDER BY agent)::USMALLINT AS number
FROM strings.events WHERE agent IS NOT NULL GROUP BY agent;

CREATE TEMP TABLE words AS
SELECT kind, name, number::UTINYINT AS number FROM (
  SELECT 'type' AS kind, unnest($types) AS name, generate_subscripts($types, 1) AS number
  UNION ALL SELECT 'channel', unnest($channels), generate_subscripts($channels, 1)
  UNION ALL SELECT 'outcome', unnest($outcomes), generate_subscripts($outcomes, 1)
  UNION ALL SELECT 'instrument', unnest($instruments), generate_subscripts($instruments, 1)
  UNION ALL SELECT 'status', unnest($statuses), generate_subscripts($statuses, 1)
  UNION ALL SELECT 'team', team, row_number() OVER (ORDER BY team)
            FROM (SELECT DISTINCT team FROM strings.events WHERE team IS NOT NULL)
  UNION ALL SELECT 'topic', topic, row_number() OVER (ORDER BY topic)
            FROM (SELECT DISTINCT topic FROM strings.events WHERE topic IS NOT NULL)
);

CREATE TABLE interned.events AS
SELECT
  e.position, e.time,
  y.number AS type, c.number AS customer, i.number AS interaction, h.number AS channel, a.number AS agent,
  t.number AS team, s.number AS topic, o.number AS outcome, n.number AS instrument,
  e.score::TINYINT AS score, e.score_min::TINYINT AS score_min, e.score_max::TINYINT AS score_max,
  p.number AS promise, e.due, u.number AS status, e.amount
FROM strings.events e
JOIN customers c ON c.name = e.customer
JOIN words y ON y.kind = 'type' AND y.name = e.type
LEFT JOIN interactions i ON i.name = e.interaction
LEFT JOIN promises p ON p.name = e.promise
LEFT JOIN agents a ON a.name = e.agent
LEFT JOIN words h ON h.kind = 'channel' AND h.name = e.channel
LEFT JOIN words t ON t.kind = 'team' AND t.name = e.team
LEFT JOIN words s ON s.kind = 'topic' AND s.name = e.topic
LEFT JOIN words o ON o.kind = 'outcome' AND o.name = e.outcome
LEFT JOIN words n ON n.kind = 'instrument' AND n.name = e.instrument
LEFT JOIN words u ON u.kind = 'status' AND u.name = e.status
ORDER BY e.position;
