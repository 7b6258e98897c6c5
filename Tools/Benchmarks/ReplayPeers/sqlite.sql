-- The three views in SQLite: what `duckdb.sql` says, from `events` into the attached database `views`.
-- Times are microseconds since 1970. The last of something is the greatest text of time and thing: sixteen digits, from
-- 2001 to 2286. Percentiles are exact here, by rank.

CREATE TABLE views.timeline AS
SELECT
  *,
  coalesce(answered, CASE WHEN outcome = 'abandoned' THEN ended END) - coalesce(queued, started) AS wait_us,
  ended - answered - coalesce(held_us, 0) AS handle_us
FROM (
  SELECT
    customer, interaction,
    min(time) AS first_time,
    max(time) AS last_time,
    count(*) AS events,
    substr(min(time || channel), 17) AS channel,
    substr(max(time || agent), 17) AS agent,
    substr(max(time || team), 17) AS team,
    substr(max(time || topic), 17) AS topic,
    min(CASE WHEN type = 'contact.started' THEN time END) AS started,
    min(CASE WHEN type = 'contact.queued' THEN time END) AS queued,
    min(CASE WHEN type = 'contact.answered' THEN time END) AS answered,
    max(CASE WHEN type = 'contact.ended' THEN time END) AS ended,
    substr(max(time || outcome), 17) AS outcome,
    sum(CASE type WHEN 'contact.resumed' THEN time WHEN 'contact.held' THEN -time END) AS held_us,
    max(type = 'contact.transferred') AS transferred,
    max(type = 'contact.reopened') AS reopened
  FROM events
  WHERE interaction IS NOT NULL
  GROUP BY customer, interaction
);

CREATE TEMP TABLE promises AS
SELECT
  *,
  NOT waived AND kept IS NOT NULL AND (due IS NULL OR kept <= due) AS on_time,
  NOT waived AND kept IS NOT NULL AND coalesce(kept > due, 0) AS late,
  NOT waived AND kept IS NULL AND broke IS NOT NULL AS broken
FROM (
  SELECT
    substr(min(time || customer), 17) AS customer,
    substr(min(time || channel), 17) AS channel,
    min(time) AS made,
    CAST(substr(max(time || due), 17) AS INTEGER) AS due,
    min(CASE WHEN type = 'promise.kept' THEN time END) AS kept,
    min(CASE WHEN type = 'promise.broken' THEN time END) AS broke,
    max(type = 'promise.waived') AS waived
  FROM events
  WHERE promise IS NOT NULL
  GROUP BY promise
);

-- ISO weeks counted from the Monday before 1970.
CREATE TABLE views.consistency AS
WITH contacts AS (
  SELECT
    channel, (first_time / 86400000000 + 3) / 7 AS week,
    count(started) AS contacts,
    count(answered) AS answered,
    sum(outcome IS 'abandoned') AS abandoned,
    sum(outcome IS 'resolved') AS resolved,
    sum(transferred) AS transferred,
    sum(reopened) AS reopened,
    count(wait_us) AS waits, sum(wait_us) AS wait_us,
    count(handle_us) AS handles, sum(handle_us) AS handle_us
  FROM views.timeline
  GROUP BY 1, 2
), wait AS (
  SELECT
    channel, week,
    min(CASE WHEN place * 2 >= n THEN value END) AS wait_p50_us,
    min(CASE WHEN place * 10 >= n * 9 THEN value END) AS wait_p90_us
  FROM (
    SELECT
      channel, (first_time / 86400000000 + 3) / 7 AS week, wait_us AS value,
      row_number() OVER (PARTITION BY channel, (first_time / 86400000000 + 3) / 7 ORDER BY wait_us) AS place,
      count(*) OVER (PARTITION BY channel, (first_time / 86400000000 + 3) / 7) AS n
    FROM views.timeline WHERE wait_us IS NOT NULL
  )
  GROUP BY 1, 2
), handle AS (
  SELECT
    channel, week,
    min(CASE WHEN place * 2 >= n THEN value END) AS handle_p50_us,
    min(CASE WHEN place * 10 >= n * 9 THEN value END) AS handle_p90_us
  FROM (
    SELECT
      channel, (first_time / 86400000000 + 3) / 7 AS week, handle_us AS value,
      row_number() OVER (PARTITION BY channel, (first_time / 86400000000 + 3) / 7 ORDER BY handle_us) AS place,
      count(*) OVER (PARTITION BY channel, (first_time / 86400000000 + 3) / 7) AS n
    FROM views.timeline WHERE handle_us IS NOT NULL
  )
  GROUP BY 1, 2
), feedback AS (
  SELECT
    channel, (time / 86400000000 + 3) / 7 AS week,
    count(CASE WHEN instrument = 'csat' THEN 1 END) AS csat,
    sum(CASE WHEN instrument = 'csat' THEN score END) AS csat_sum,
    count(CASE WHEN instrument = 'nps' THEN 1 END) AS nps, sum(CASE WHEN instrument = 'nps' THEN score END) AS nps_sum,
    count(CASE WHEN instrument = 'ces' THEN 1 END) AS ces, sum(CASE WHEN instrument = 'ces' THEN score END) AS ces_sum,
    count(CASE WHEN instrument = 'servqual' THEN 1 END) AS servqual,
    sum(CASE WHEN instrument = 'servqual' THEN score END) AS servqual_sum
  FROM events
  WHERE type = 'feedback.given'
  GROUP BY 1, 2
), kept AS (
  SELECT
    channel, (made / 86400000000 + 3) / 7 AS week,
    sum(on_time) AS promises_on_time, sum(late) AS promises_late, sum(broken) AS promises_broken
  FROM promises
  GROUP BY 1, 2
)
SELECT *
FROM contacts LEFT JOIN wait USING (channel, week) LEFT JOIN handle USING (channel, week)
FULL JOIN feedback USING (channel, week) FULL JOIN kept USING (channel, week);

CREATE TABLE views.churn AS
WITH contacts AS MATERIALIZED (
  SELECT
    customer, strftime('%Y-%m', first_time / 1000000, 'unixepoch') AS month,
    sum(channel = 'phone') AS phone, sum(channel = 'chat') AS chat, sum(channel = 'video') AS video,
    sum(channel = 'kiosk') AS kiosk, sum(channel = 'field') AS field, sum(channel = 'inperson') AS inperson,
    sum(channel = 'web') AS web, sum(channel = 'app') AS app, sum(channel = 'email') AS email,
    sum(channel = 'social') AS social, sum(channel = 'sms') AS sms, sum(channel = 'mail') AS mail,
    sum(channel = 'other') AS other,
    sum(outcome IS 'unresolved') AS unresolved,
    sum(transferred) AS transferred
  FROM views.timeline
  WHERE customer NOT GLOB 'anon:*' AND customer <> 'company:self'
  GROUP BY 1, 2
), facts AS MATERIALIZED (
  SELECT
    customer, strftime('%Y-%m', time / 1000000, 'unixepoch') AS month,
    sum(type = 'complaint.raised') AS complaints,
    count(CASE WHEN type = 'feedback.given' THEN score END) AS feedback,
    CAST(substr(max(time || CASE WHEN type = 'feedback.given'
      THEN (score - score_min) * 1000 / (score_max - score_min) END), 17) AS INTEGER) AS feedback_last,
    avg(CASE WHEN type = 'feedback.given' THEN (score - score_min) * 1000 / (score_max - score_min) END)
      AS feedback_mean,
    sum(type = 'purchase.made') AS purchases,
    sum(CASE WHEN type = 'purchase.made' THEN amount END) AS purchase_sum,
    min(CASE WHEN type = 'purchase.made' THEN time END) AS purchase_first,
    max(CASE WHEN type = 'purchase.made' THEN time END) AS purchase_last,
    substr(max(time || status), 17) AS status
  FROM events
  WHERE type IN ('complaint.raised', 'feedback.given', 'purchase.made', 'relationship.changed')
    AND customer NOT GLOB 'anon:*' AND customer <> 'company:self'
  GROUP BY 1, 2
), broken AS MATERIALIZED (
  SELECT
    customer, strftime('%Y-%m', coalesce(kept, broke) / 1000000, 'unixepoch') AS month,
    sum(late) AS promises_late, sum(broken) AS promises_broken
  FROM promises
  WHERE (late OR broken) AND customer NOT GLOB 'anon:*' AND customer <> 'company:self'
  GROUP BY 1, 2
)
-- A second full join would look at all pairs: these joins find their rows by indexes made for the purpose.
SELECT *
FROM (SELECT customer, month FROM contacts UNION SELECT customer, month FROM facts
      UNION SELECT customer, month FROM broken)
LEFT JOIN contacts USING (customer, month) LEFT JOIN facts USING (customer, month)
LEFT JOIN broken USING (customer, month);
