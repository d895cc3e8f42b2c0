"""The peer of `dari bench indicators`: the same tables in SQL over the same Parquet files, to Parquet.

usage: duckdb_cubes.py FILES OUT THREADS [compare | TABLE]
FILES is a JSON object of the lake's data files by table. With `compare` it does not compute but compares what it wrote before, cell by cell, with the tables of the lake; with a table's name it computes that one alone."""

import json
import sys
import time

import duckdb

out, threads = sys.argv[2], sys.argv[3]
with open(sys.argv[1]) as file:
    FILES = json.load(file)
lake = {table: f"read_parquet({paths})" for table, paths in FILES.items() if paths}
db = duckdb.connect()
db.execute(f"SET threads = {threads}")
CUBES = {
    "country_topic_year": (["year", "topic_id", "country"], "year_from AS year"),
    "country_pair_topic_year": (["year", "topic_id", "country_a", "country_b"], "year"),
    "organisation_topic_year": (["year", "topic_id", "organisation_id"], "year"),
    "country_works": (["year", "topic_id", "country", "work_id"], "year"),
    "citation_cohorts": (["year", "subfield_id", "type", "collaboration"], "year"),
}
SUMMED = ["works", "works_fractional", "citations", "scored_weight", "ncs_sum", "top10_sum", "top1_sum"]
VALUES = {
    "country_topic_year": SUMMED + ["world_works", "domestic_single", "domestic_multi", "bilateral", "trilateral", "wider"],
    "country_pair_topic_year": SUMMED,
    "organisation_topic_year": SUMMED + ["international"],
    "country_works": ["citations", "weight", "type", "collaboration"],
    "citation_cohorts": ["works", "citations", "top10_threshold", "top10_at_threshold", "top1_threshold", "top1_at_threshold"],
}

only = sys.argv[4] if len(sys.argv) > 4 else None
if only == "compare":
    for cube, (keys, year) in CUBES.items():
        values = VALUES[cube]
        rest = ", ".join(keys[1:] + values)
        db.execute(f"CREATE TABLE ours AS SELECT true AS here, {year}, {rest} FROM {lake[cube]}")
        db.execute(f"CREATE TABLE theirs AS SELECT true AS here, {', '.join(keys + values)} FROM '{out}/{cube}.parquet'")
        same = " AND ".join(f"o.{key} IS NOT DISTINCT FROM t.{key}" for key in keys)
        text = {"type", "collaboration"}
        far = " OR ".join(
            f"o.{value} IS DISTINCT FROM t.{value}"
            if value in text
            else f"(o.{value} IS NULL) <> (t.{value} IS NULL) OR abs(o.{value} - t.{value}) > 1e-6 * greatest(1, abs(t.{value}))"
            for value in values
        )
        query = f"SELECT count(*), count(*) FILTER (o.here IS NULL OR t.here IS NULL OR {far}) FROM ours o FULL JOIN theirs t ON {same}"
        cells, differ = db.execute(query).fetchone()
        print(cube, cells, differ)
        db.execute("DROP TABLE ours; DROP TABLE theirs")
    sys.exit()


def timed(name, *queries):
    if only and name in CUBES and name != only:
        return
    begin = time.perf_counter()
    for query in queries:
        db.execute(query)
    print(name, time.perf_counter() - begin)


SCORED = "('article', 'conference-paper', 'book', 'review', 'book-chapter')"
timed(
    "works",
    # Citations from the source's counts by year, publication year to third year after, where the source sees the window.
    f"""CREATE TABLE facts AS
    WITH w AS (SELECT id, publication_year AS year, type, primary_topic AS topic_id, cited_by_count AS total FROM {lake['works']}
               WHERE NOT is_retracted AND NOT is_expansion AND publication_year IS NOT NULL),
         c AS (SELECT work_id, count(*) AS years, sum(citations) FILTER (y.year BETWEEN w.year AND w.year + 3) AS citations
               FROM {lake['citations_by_year']} y JOIN w ON w.id = y.work_id GROUP BY work_id),
         seen AS (SELECT min(year) AS first, max(year) AS last FROM {lake['citations_by_year']}),
         f AS (SELECT w.*, w.year BETWEEN seen.first AND seen.last AND total IS NOT NULL AND (c.years IS NOT NULL OR total = 0) AS known,
                      coalesce(c.citations, 0) AS in_window FROM w LEFT JOIN c ON c.work_id = w.id, seen)
    SELECT f.id, f.year, f.type, f.topic_id, t.subfield_id, CASE WHEN known THEN in_window ELSE 0 END AS citations, known,
           known AND f.type IN {SCORED} AND t.subfield_id IS NOT NULL AS scored
    FROM f LEFT JOIN {lake['topics']} t ON t.id = f.topic_id""",
    """CREATE TABLE impact AS
    WITH n AS (SELECT year, subfield_id, type, citations, count(*) AS works FROM facts WHERE scored GROUP BY ALL),
         d AS (SELECT *, sum(works) OVER (PARTITION BY year, subfield_id, type ORDER BY citations) AS upto,
                      sum(works) OVER (PARTITION BY year, subfield_id, type) AS of,
                      sum(works * citations) OVER (PARTITION BY year, subfield_id, type) AS total FROM n)
    SELECT year, subfield_id, type, citations, works, upto * 10 >= 9 * of AS reaches10, upto * 100 >= 99 * of AS reaches1, CASE WHEN total = 0 THEN 1.0 ELSE citations * of / total END AS ncs,
           CASE WHEN (upto - works) * 10 >= 9 * of THEN 1.0 WHEN upto * 10 >= 9 * of THEN (upto - 0.9 * of) / works ELSE 0.0 END AS top10,
           CASE WHEN (upto - works) * 100 >= 99 * of THEN 1.0 WHEN upto * 100 >= 99 * of THEN (upto - 0.99 * of) / works ELSE 0.0 END AS top1
    FROM d""",
    """CREATE TABLE scored AS SELECT f.id, f.year, f.type, f.topic_id, f.citations, f.known, CASE WHEN f.scored THEN 1.0 ELSE 0.0 END AS s,
           coalesce(i.ncs, 0) AS ncs, coalesce(i.top10, 0) AS top10, coalesce(i.top1, 0) AS top1
    FROM facts f LEFT JOIN impact i ON f.scored AND i.year = f.year AND i.subfield_id = f.subfield_id AND i.type = f.type AND i.citations = f.citations""",
    f"""CREATE TABLE credits AS SELECT a.work_id, coalesce(a.country, 'ZZ') AS country, coalesce(a.organisation_id, a.institution_id) AS organisation_id, a.weight
    FROM {lake['authorships']} a JOIN scored s ON s.id = a.work_id""",
    """CREATE TABLE countries AS SELECT work_id, country, sum(weight) AS weight FROM credits GROUP BY ALL
    UNION ALL SELECT id, 'ZZ', 1.0 FROM scored WHERE id NOT IN (SELECT work_id FROM credits)""",
    # Who wrote a work together, by the countries and organisations known.
    """CREATE TABLE classes AS
    WITH p AS (SELECT work_id, count(DISTINCT country) FILTER (country <> 'ZZ') AS countries, count(DISTINCT organisation_id) AS organisations
               FROM credits GROUP BY work_id)
    SELECT work_id, countries > 1 AS international, CASE WHEN countries = 0 THEN NULL WHEN countries = 1 AND organisations = 0 THEN NULL
           WHEN countries = 1 AND organisations = 1 THEN 'domestic_single' WHEN countries = 1 THEN 'domestic_multi'
           WHEN countries = 2 THEN 'bilateral' WHEN countries = 3 THEN 'trilateral' ELSE 'wider' END AS collaboration FROM p""",
)
CLASSES = ["domestic_single", "domestic_multi", "bilateral", "trilateral", "wider"]
SUMS = """count(*) AS works, sum(weight) AS works_fractional, sum(citations) AS citations, sum(weight * s) AS scored_weight,
          sum(weight * s * ncs) AS ncs_sum, sum(weight * s * top10) AS top10_sum, sum(weight * s * top1) AS top1_sum"""
timed(
    "country_topic_year",
    f"""COPY (
    WITH world AS (SELECT year, topic_id, count(*) AS world_works FROM scored GROUP BY ALL),
         x AS (SELECT year, topic_id, country, {SUMS}, {', '.join(f"count(*) FILTER (country <> 'ZZ' AND collaboration = '{c}') AS {c}" for c in CLASSES)}
               FROM countries c JOIN scored s ON s.id = c.work_id LEFT JOIN classes k ON k.work_id = c.work_id WHERE topic_id IS NOT NULL GROUP BY ALL)
    SELECT x.*, world_works FROM x JOIN world USING (year, topic_id))
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
    SELECT year, topic_id, organisation_id, {SUMS}, count(*) FILTER (international) AS international
    FROM o JOIN scored s ON s.id = o.work_id JOIN classes k ON k.work_id = o.work_id WHERE topic_id IS NOT NULL GROUP BY ALL)
    TO '{out}/organisation_topic_year.parquet' (FORMAT parquet)""",
)
timed(
    "country_works",
    f"""COPY (
    SELECT year, topic_id, country, c.work_id, type, collaboration, CASE WHEN known THEN citations END AS citations, weight
    FROM countries c JOIN scored s ON s.id = c.work_id LEFT JOIN classes k ON k.work_id = c.work_id WHERE topic_id IS NOT NULL
    ORDER BY year, topic_id, country, c.work_id) TO '{out}/country_works.parquet' (FORMAT parquet)""",
)
timed(
    "citation_cohorts",
    f"""COPY (
    WITH t AS (SELECT year, subfield_id, type, sum(works) AS works, sum(works * citations) AS citations,
                      min(citations) FILTER (reaches10) AS top10_threshold, min(citations) FILTER (reaches1) AS top1_threshold
               FROM impact GROUP BY ALL),
         k AS (SELECT f.year, f.subfield_id, f.type, collaboration, count(*) AS works, sum(f.citations) AS citations
               FROM facts f JOIN classes ON work_id = f.id WHERE f.scored AND collaboration IS NOT NULL GROUP BY ALL)
    SELECT t.year, t.subfield_id, t.type, NULL AS collaboration, t.works, t.citations, top10_threshold, a.top10 AS top10_at_threshold,
           top1_threshold, b.top1 AS top1_at_threshold
    FROM t JOIN impact a ON a.year = t.year AND a.subfield_id = t.subfield_id AND a.type = t.type AND a.citations = top10_threshold
    JOIN impact b ON b.year = t.year AND b.subfield_id = t.subfield_id AND b.type = t.type AND b.citations = top1_threshold
    UNION ALL SELECT year, subfield_id, type, collaboration, works, citations, NULL, NULL, NULL, NULL FROM k)
    TO '{out}/citation_cohorts.parquet' (FORMAT parquet)""",
)
