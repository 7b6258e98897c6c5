-- The three views in DuckDB: from `events` into the attached database `views`.
-- Written once: over the table of interned columns, each word of the catalogue in quotes is replaced by its number
-- before the clock starts, and the macros `is_named`, `first_word` and `last_word` are others (see peer.py).

-- One transaction: the views are stored together or not at all.
BEGIN;

-- (1) A row per customer and interaction. Of two events in the same microsecond, either may count as the last.
CREATE TABLE views.timeline AS
SELECT
  * EXCLUDE (held_us),
  -- From queued, or from started where nothing queued, to answered; for the abandoned to their end.
  date_diff(
    'microsecond', coalesce(queued, started), coalesce(answered, CASE WHEN outcome = 'abandoned' THEN ended END)
  ) AS wait_us,
  date_diff('microsecond', answered, ended) - coalesce(held_us, 0) AS handle_us
FROM (
  SELECT
    customer, interaction,
    min(time) AS first_time,
    max(time) AS last_time,
    count(*)::INTEGER AS events,
    first_word(channel, time) AS channel,
    arg_max(agent, time) AS agent,
    last_word(team, time) AS team,
    last_word(topic, time) AS topic,
    -- CASE and count are faster than FILTER and sum.
    min(CASE WHEN type = 'contact.started' THEN time END) AS started,
    min(CASE WHEN type = 'contact.queued' THEN time END) AS queued,
    min(CASE WHEN type = 'contact.answered' THEN time END) AS answered,
    max(CASE WHEN type = 'contact.ended' THEN time END) AS ended,
    last_word(outcome, time) AS outcome,
    -- What is held is resumed: the differences' sum is the sums' difference.
    sum(CASE type WHEN 'contact.resumed' THEN epoch_us(time) WHEN 'contact.held' THEN -epoch_us(time) END)::BIGINT
      AS held_us,
    bool_or(type = 'contact.transferred') AS transferred,
    bool_or(type = 'contact.reopened') AS reopened
  FROM events
  WHERE interaction IS NOT NULL
  GROUP BY customer, interaction
);

-- A promise is who it was made to, on what, when it was due in the end, what became of it. Both views below read it.
CREATE TEMP TABLE promises AS
SELECT
  *,
  NOT waived AND kept IS NOT NULL AND (due IS NULL OR kept <= due) AS on_time,
  NOT waived AND kept IS NOT NULL AND kept > due AS late,
  NOT waived AND kept IS NULL AND broke IS NOT NULL AS broken
FROM (
  SELECT
    arg_min(customer, time) AS customer,
    first_word(channel, time) AS channel,
    min(time) AS made,
    arg_max(due, time) AS due,
    min(CASE WHEN type = 'promise.kept' THEN time END) AS kept,
    min(CASE WHEN type = 'promise.broken' THEN time END) AS broke,
    bool_or(type = 'promise.waived') AS waived
  FROM events
  WHERE promise IS NOT NULL
  GROUP BY promise
);

-- (2) A row per channel and ISO week: of interactions by their first event, of feedback by when it was given, of
-- promises by when they were made.
CREATE TABLE views.consistency AS
WITH contacts AS (
  SELECT
    channel, date_trunc('week', first_time)::DATE AS week,
    count(started) AS contacts,
    count(answered) AS answered,
    count(*) FILTER (outcome = 'abandoned') AS abandoned,
    count(*) FILTER (outcome = 'resolved') AS resolved,
    count(*) FILTER (transferred) AS transferred,
    count(*) FILTER (reopened) AS reopened,
    count(wait_us) AS waits, sum(wait_us)::BIGINT AS wait_us,
    approx_quantile(wait_us, [0.5, 0.9]) AS wait_quantiles_us,
    count(handle_us) AS handles, sum(handle_us)::BIGINT AS handle_us,
    approx_quantile(handle_us, [0.5, 0.9]) AS handle_quantiles_us
  FROM views.timeline
  GROUP BY ALL
), feedback AS (
  SELECT
    channel, date_trunc('week', time)::DATE AS week,
    count(*) FILTER (instrument = 'csat') AS csat, sum(score) FILTER (instrument = 'csat')::BIGINT AS csat_sum,
    count(*) FILTER (instrument = 'nps') AS nps, sum(score) FILTER (instrument = 'nps')::BIGINT AS nps_sum,
    count(*) FILTER (instrument = 'ces') AS ces, sum(score) FILTER (instrument = 'ces')::BIGINT AS ces_sum,
    count(*) FILTER (instrument = 'servqual') AS servqual,
    sum(score) FILTER (instrument = 'servqual')::BIGINT AS servqual_sum
  FROM events
  WHERE type = 'feedback.given'
  GROUP BY ALL
), kept AS (
  SELECT
    channel, date_trunc('week', made)::DATE AS week,
    count(*) FILTER (on_time) AS promises_on_time,
    count(*) FILTER (late) AS promises_late,
    count(*) FILTER (broken) AS promises_broken
  FROM promises
  GROUP BY ALL
)
SELECT *
FROM contacts FULL JOIN feedback USING (channel, week) FULL JOIN kept USING (channel, week);

-- (3) A row per customer who has a name, and month in which something was.
CREATE TABLE views.churn AS
WITH contacts AS (
  SELECT
    customer, date_trunc('month', first_time)::DATE AS month,
    count(CASE WHEN channel = 'phone' THEN 1 END)::INTEGER AS phone,
    count(CASE WHEN channel = 'chat' THEN 1 END)::INTEGER AS chat,
    count(CASE WHEN channel = 'video' THEN 1 END)::INTEGER AS video,
    count(CASE WHEN channel = 'kiosk' THEN 1 END)::INTEGER AS kiosk,
    count(CASE WHEN channel = 'field' THEN 1 END)::INTEGER AS field,
    count(CASE WHEN channel = 'inperson' THEN 1 END)::INTEGER AS inperson,
    count(CASE WHEN channel = 'web' THEN 1 END)::INTEGER AS web,
    count(CASE WHEN channel = 'app' THEN 1 END)::INTEGER AS app,
    count(CASE WHEN channel = 'email' THEN 1 END)::INTEGER AS email,
    count(CASE WHEN channel = 'social' THEN 1 END)::INTEGER AS social,
    count(CASE WHEN channel = 'sms' THEN 1 END)::INTEGER AS sms,
    count(CASE WHEN channel = 'mail' THEN 1 END)::INTEGER AS mail,
    count(CASE WHEN channel = 'other' THEN 1 END)::INTEGER AS other,
    count(CASE WHEN outcome = 'unresolved' THEN 1 END)::INTEGER AS unresolved,
    count(CASE WHEN transferred THEN 1 END)::INTEGER AS transferred
  FROM views.timeline
  WHERE is_named(customer)
  GROUP BY ALL
), facts AS (
  SELECT
    customer, date_trunc('month', time)::DATE AS month,
    count(CASE WHEN type = 'complaint.raised' THEN 1 END)::INTEGER AS complaints,
    count(CASE WHEN type = 'feedback.given' THEN score END)::INTEGER AS feedback,
    -- Scores of all instruments on one scale: per mille of the way from the least to the most.
    arg_max(CASE WHEN type = 'feedback.given' THEN mille END, time) AS feedback_last,
    avg(CASE WHEN type = 'feedback.given' THEN mille END) AS feedback_mean,
    count(CASE WHEN type = 'purchase.made' THEN 1 END)::INTEGER AS purchases,
    sum(CASE WHEN type = 'purchase.made' THEN amount END)::BIGINT AS purchase_sum,
    min(CASE WHEN type = 'purchase.made' THEN time END) AS purchase_first,
    max(CASE WHEN type = 'purchase.made' THEN time END) AS purchase_last,
    last_word(status, time) AS status
  FROM (SELECT *, (score - score_min) * 1000::INTEGER // (score_max - score_min) AS mille FROM events)
  WHERE type IN ('complaint.raised', 'feedback.given', 'purchase.made', 'relationship.changed') AND is_named(customer)
  GROUP BY ALL
), broken AS (
  SELECT
    customer, date_trunc('month', coalesce(kept, broke))::DATE AS month,
    count(*) FILTER (late)::INTEGER AS promises_late,
    count(*) FILTER (broken)::INTEGER AS promises_broken
  FROM promises
  WHERE (late OR broken) AND is_named(customer)
  GROUP BY ALL
)
SELECT *
FROM contacts FULL JOIN facts USING (customer, month) FULL JOIN broken USING (customer, month);

COMMIT;
