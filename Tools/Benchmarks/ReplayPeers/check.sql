-- What all contestants must agree on, to the last unit: asked of their views after the clock has stopped. In words that
-- DuckDB and SQLite both understand. Percentiles and means are not compared: some are approximate.
SELECT
  t.*, c.*, h.*
FROM (
  SELECT
    count(*) AS timeline_rows, sum(events) AS timeline_events, count(agent) AS timeline_agents,
    count(topic) AS timeline_topics
  FROM timeline
) t, (
  SELECT
    count(*) AS consistency_rows, sum(contacts) AS contacts, sum(answered) AS answered, sum(abandoned) AS abandoned,
    sum(resolved) AS resolved, sum(transferred) AS transferred, sum(reopened) AS reopened,
    sum(waits) AS waits, sum(wait_us) AS wait_us, sum(handles) AS handles, sum(handle_us) AS handle_us,
    sum(csat) AS csat, sum(csat_sum) AS csat_sum, sum(nps) AS nps, sum(nps_sum) AS nps_sum, sum(ces) AS ces,
    sum(ces_sum) AS ces_sum, sum(promises_on_time) AS promises_on_time, sum(promises_late) AS promises_late,
    sum(promises_broken) AS promises_broken
  FROM consistency
) c, (
  SELECT
    count(*) AS churn_rows, sum(phone) AS churn_phone, sum(web) AS churn_web, sum(unresolved) AS churn_unresolved,
    sum(complaints) AS churn_complaints, sum(feedback) AS churn_feedback, sum(feedback_last) AS churn_feedback_last,
    sum(purchases) AS churn_purchases, sum(purchase_sum) AS churn_purchase_sum, count(status) AS churn_statuses,
    sum(promises_late) AS churn_promises_late, sum(promises_broken) AS churn_promises_broken
  FROM churn
) h;
