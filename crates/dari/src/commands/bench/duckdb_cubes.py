"""The peer of `dari bench indicators`: the same cubes in SQL over the same Parquet files, to Parquet.

usage: duckdb_cubes.py LAKE OUT THREADS [compare]
With `compare` it does not compute but compares what it wrote before, cell by cell, with the cubes of the lake."""

import sys
import time

import duckdb

lake, out, threads = sys.argv[1], sys.argv[2], sys.argv[3]
db = duckdb.connect()
db.execute(f"SET threads = {threads}")
CUBES = {
    "country_topic_year": (["year", "topic_id", "country"], "year_from AS year"),
    "country_pair_topic_year": (["year", "topic_id", "country_a", "country_b"], "year"),
    "organisation_topic_year": (["year", "topic_id", "organisation_id"], "year"),
}
VALUES = ["works", "works_fractional", "citations", "scored_weight", "ncs_sum", "top10_sum", "top1_sum"]

if len(sys.argv) > 4:
    for cube, (keys, year) in CUBES.items():
        rest = ", ".join(keys[1:] + VALUES)
        db.execute(f"CREATE TABLE ours AS SELECT {year}, {rest} FROM '{lake}/{cube}/*.parquet'")
        db.execute(f"CREATE TABLE theirs AS SELECT {', '.join(keys + VALUES)} FROM '{out}/{cube}.parquet'")
        same = " AND ".join(f"o.{key} IS NOT DISTINCT FROM t.{key}" for key in keys)
        far = " OR ".join(f"abs(o.{value} - t.{value}) > 1e-6 * greatest(1, abs(t.{value}))" for value in VALUES)
        query = f"SELECT count(*), count(*) FILTER (o.works IS NULL OR t.works IS NULL OR {far}) FROM ours o FULL JOIN theirs t ON {same}"
        cells, differ = db.execute(query).fetchone()
        print(cube, cells, differ)
        db.execute("DROP TABLE ours; DROP TABLE theirs")
    sys.exit()


def timed(name, *queries):
    begin = time.perf_counter()
    for query in queries:
        db.execute(query)
    print(name, time.perf_counter() - begin)


SCORED = "('article', 'conference-paper', 'book', 'review', 'book-chapter')"
timed(
    "works",
    # Citations from the source's counts by year, publication year to third year after, where the source sees the window.
    f"""CREATE TABLE facts AS
    WITH w AS (SELECT id, publication_year AS year, type, primary_topic AS topic_id, cited_by_count AS total FROM '{lake}/works/*.parquet'
               WHERE NOT is_retracted AND NOT is_expansion AND publication_year IS NOT NULL),
         c AS (SELECT work_id, count(*) AS years, sum(citations) FILTER (y.year BETWEEN w.year AND w.year + 3) AS citations
               FROM '{lake}/citations_by_year/*.parquet' y JOIN w ON w.id = y.work_id GROUP BY work_id),
         seen AS (SELECT min(year) AS first, max(year) AS last FROM '{lake}/citations_by_year/*.parquet'),
         f AS (SELECT w.*, w.year BETWEEN seen.first AND seen.last AND total IS NOT NULL AND (c.years IS NOT NULL OR total = 0) AS known,
                      coalesce(c.citations, 0) AS in_window FROM w LEFT JOIN c ON c.work_id = w.id, seen)
    SELECT f.id, f.year, f.type, f.topic_id, t.subfield_id, CASE WHEN known THEN in_window ELSE 0 END AS citations,
           known AND f.type IN {SCORED} AND t.subfield_id IS NOT NULL AS scored
    FROM f LEFT JOIN '{lake}/topics/*.parquet' t ON t.id = f.topic_id""",
    """CREATE TABLE impact AS
    WITH n AS (SELECT year, subfield_id, type, citations, count(*) AS works FROM facts WHERE scored GROUP BY ALL),
         d AS (SELECT *, sum(works) OVER (PARTITION BY year, subfield_id, type ORDER BY citations) AS upto,
                      sum(works) OVER (PARTITION BY year, subfield_id, type) AS of,
                      sum(works * citations) OVER (PARTITION BY year, subfield_id, type) AS total FROM n)
    SELECT year, subfield_id, type, citations, CASE WHEN total = 0 THEN 1.0 ELSE citations * of / total END AS ncs,
           CASE WHEN (upto - works) * 10 >= 9 * of THEN 1.0 WHEN upto * 10 >= 9 * of THEN (upto - 0.9 * of) / works ELSE 0.0 END AS top10,
           CASE WHEN (upto - works) * 100 >= 99 * of THEN 1.0 WHEN upto * 100 >= 99 * of THEN (upto - 0.99 * of) / works ELSE 0.0 END AS top1
    FROM d""",
    """CREATE TABLE scored AS SELECT f.id, f.year, f.topic_id, f.citations, CASE WHEN f.scored THEN 1.0 ELSE 0.0 END AS s,
           coalesce(i.ncs, 0) AS ncs, coalesce(i.top10, 0) AS top10, coalesce(i.top1, 0) AS top1
    FROM facts f LEFT JOIN impact i ON f.scored AND i.year = f.year AND i.subfield_id = f.subfield_id AND i.type = f.type AND i.citations = f.citations""",
    f"""CREATE TABLE credits AS SELECT a.work_id, coalesce(a.country, 'ZZ') AS country, coalesce(a.organisation_id, a.institution_id) AS organisation_id, a.weight
    FROM '{lake}/authorships/*.parquet' a JOIN scored s ON s.id = a.work_id""",
    """CREATE TABLE countries AS SELECT work_id, country, sum(weight) AS weight FROM credits GROUP BY ALL
    UNION ALL SELECT id, 'ZZ', 1.0 FROM scored WHERE id NOT IN (SELECT work_id FROM credits)""",
)
SUMS = """count(*) AS works, sum(weight) AS works_fractional, sum(citations) AS citations, sum(weight * s) AS scored_weight,
          sum(weight * s * ncs) AS ncs_sum, sum(weight * s * top10) AS top10_sum, sum(weight * s * top1) AS top1_sum"""
timed(
    "country_topic_year",
    f"""COPY (SELECT year, topic_id, country, {SUMS} FROM countries c JOIN scored s ON s.id = c.work_id WHERE topic_id IS NOT NULL GROUP BY ALL)
    TO '{out}/country_topic_year.parquet' (FORMAT parquet)""",
)
timed(
    "country_pair_topic_year",
    f"""COPY (
    WITH k AS (SELECT work_id, country, count(*) OVER (PARTITION BY work_id) AS n FROM countries WHERE country <> 'ZZ'),
         p AS (SELECT a.work_id, a.country AS country_a, b.country AS country_b, 1.0 / (a.n - 1) AS weight
               FROM k a JOIN k b ON a.work_id = b.work_id AND a.country < b.country),
         x AS (SELECT p.*, s.* FROM p JOIN scored s ON s.id = p.work_id)
    SELECT year, topic_id, country_a, country_b, {SUMS} FROM x WHERE topic_id IS NOT NULL GROUP BY ALL
    UNION ALL SELECT year, NULL, country_a, country_b, {SUMS} FROM x GROUP BY ALL)
    TO '{out}/country_pair_topic_year.parquet' (FORMAT parquet)""",
)
timed(
    "organisation_topic_year",
    f"""COPY (
    WITH o AS (SELECT work_id, organisation_id, sum(weight) AS weight FROM credits WHERE organisation_id IS NOT NULL GROUP BY ALL)
    SELECT year, topic_id, organisation_id, {SUMS} FROM o JOIN scored s ON s.id = o.work_id WHERE topic_id IS NOT NULL GROUP BY ALL)
    TO '{out}/organisation_topic_year.parquet' (FORMAT parquet)""",
)
