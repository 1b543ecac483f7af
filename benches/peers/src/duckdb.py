"""Answers a file of questions with DuckDB; prints its version and the seconds."""
import sys
import time

import duckdb

folder, threads = sys.argv[1], sys.argv[2]
connection = duckdb.connect()
connection.execute(f"SET threads = {threads}")
connection.execute("SET enable_progress_bar = false")
for table in ["place", "category", "issue", "destination", "closure", "way"]:
    order = {"closure": "ORDER BY list, category, first", "issue": "ORDER BY list, effective"}.get(table, "")
    connection.execute(f"CREATE TABLE {table} AS FROM read_csv('{folder}/{table}.csv') {order}")

ANSWER = f"""
COPY (
  WITH asked AS (
    SELECT q.*, o.number AS list, t.number AS place, c.number AS kind
    FROM read_csv('{folder}/questions.csv') q
    JOIN place o ON o.name = q.origin JOIN place t ON t.name = q.target JOIN category c ON c.name = q.category
  ), in_force AS (
    SELECT a.id, arg_max(i.sequence, i.effective::BIGINT * 1000000 + i.sequence) AS revision
    FROM asked a JOIN issue i ON i.list = a.list AND i.effective <= a.day AND i.published <= a.known
      AND a.known < i.withdrawn
    GROUP BY a.id
  ), met AS (
    SELECT a.id, max(CASE
      WHEN e.effect <> 1 THEN e.effect
      WHEN EXISTS (FROM way w WHERE w.rule = e.rule AND a.flags & w.flags = w.expected
        AND a.mechanisms & w.mechanisms = w.mechanisms) THEN 0
      WHEN EXISTS (FROM way w WHERE w.rule = e.rule AND a.flags & w.flags = w.expected) THEN 1
      ELSE 3 END) AS outcome
    FROM asked a JOIN in_force f ON f.id = a.id
    JOIN closure e ON e.list = a.list AND e.category = a.kind AND e.first <= f.revision AND f.revision < e.last
    LEFT JOIN destination d ON d.id = e.destinations AND d.place = a.place
    WHERE a.list <> a.place AND e.exemptions & a.exempt = 0 AND a.flags & e.flags = e.expected
      AND e.sector & a.sector <> 0 AND e.business & a.business <> 0
      AND e.people <= a.subjects AND a.subjects < e.people_below
      AND e.devices <= a.devices AND a.devices < e.devices_below
      AND (e.destinations = -1 OR (d.id IS NOT NULL) = (e.is_only = 1))
    GROUP BY a.id
  )
  SELECT a.id, CASE WHEN f.revision IS NULL THEN 2 ELSE coalesce(m.outcome, 0) END AS outcome
  FROM asked a LEFT JOIN in_force f ON f.id = a.id LEFT JOIN met m ON m.id = a.id
  ORDER BY a.id
) TO '{folder}/answers.csv' (HEADER)
"""
best = None
for _ in range(3):
    start = time.perf_counter()
    connection.execute(ANSWER)
    seconds = time.perf_counter() - start
    best = seconds if best is None else min(best, seconds)
print(duckdb.__version__, f"{best:.3f}")
