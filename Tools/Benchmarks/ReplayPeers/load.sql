-- The events of NDJSON as a table of strings, as they came: `events` in the database that is attached as `strings`.
-- Not timed. It holds what the three views read, so that a peer that reads rows carries nothing else either.
-- A stream is named as in the log: an event without a subject belongs to its interaction, or stands alone.
CREATE TABLE strings.events AS
SELECT
  row_number() OVER () - 1 AS position,
  make_timestamp(epoch_us(time)) AS time,
  type,
  CASE
    WHEN subject IS NOT NULL THEN subject
    WHEN type IN ('standard.declared', 'belief.stated') THEN 'company:self'
    WHEN interaction IS NOT NULL THEN 'anon:' || interaction
    ELSE 'anon:' || source || '/id:' || id
  END AS customer,
  interaction, channel, agent, team, topic,
  data.outcome AS outcome,
  data.instrument AS instrument,
  data.score AS score, data.min AS score_min, data.max AS score_max,
  data.promise AS promise,
  make_timestamp(epoch_us(data.dueAt)) AS due,
  data.status AS status,
  data.amount AS amount
FROM read_json(
  $lines,
  format = 'newline_delimited',
  columns = {
    id: 'VARCHAR', source: 'VARCHAR', type: 'VARCHAR', time: 'TIMESTAMPTZ', subject: 'VARCHAR', channel: 'VARCHAR',
    interaction: 'VARCHAR', agent: 'VARCHAR', team: 'VARCHAR', topic: 'VARCHAR',
    data: 'STRUCT(outcome VARCHAR, instrument VARCHAR, score INTEGER, min INTEGER, max INTEGER, promise VARCHAR,
           dueAt TIMESTAMPTZ, status VARCHAR, amount BIGINT)'
  }
);
