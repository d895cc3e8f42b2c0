"""The extraction that `dari load openalex --no-abstracts` does, by DuckDB: works, authorships, topics, references and funding to Parquet."""
import sys

import duckdb

source, out, threads = sys.argv[1:4]
COLUMNS = {
    "id": "VARCHAR", "doi": "VARCHAR", "title": "VARCHAR", "publication_year": "SMALLINT", "publication_date": "VARCHAR", "type": "VARCHAR",
    "language": "VARCHAR", "is_retracted": "BOOLEAN", "is_xpac": "BOOLEAN",
    "primary_location": "STRUCT(source STRUCT(id VARCHAR, display_name VARCHAR))", "cited_by_count": "INTEGER", "fwci": "DOUBLE",
    "referenced_works": "VARCHAR[]",
    "authorships": "STRUCT(author STRUCT(id VARCHAR, display_name VARCHAR), raw_author_name VARCHAR, "
    "institutions STRUCT(id VARCHAR, display_name VARCHAR, country_code VARCHAR)[], countries VARCHAR[], "
    "affiliations STRUCT(raw_affiliation_string VARCHAR, institution_ids VARCHAR[])[])[]",
    "topics": "STRUCT(id VARCHAR, score DOUBLE)[]", "primary_topic": "STRUCT(id VARCHAR)",
    "funders": "STRUCT(id VARCHAR, display_name VARCHAR)[]",
    "awards": "STRUCT(funder_id VARCHAR, funder_display_name VARCHAR, funder_award_id VARCHAR)[]", "updated_date": "VARCHAR",
}
NUMBER = "CAST(regexp_extract({}, '([0-9]+)$', 1) AS BIGINT)"


def number(column):
    return NUMBER.format(column)


db = duckdb.connect(f"{out}/scratch.duckdb")
db.execute(f"SET threads={threads}; SET preserve_insertion_order=false;")
names = ", ".join(f'"{name}"' for name in COLUMNS)
if source.endswith(".parquet"):
    reader = f"read_parquet('{source}')"
else:
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    reader = f"read_json('{source}', format='newline_delimited', columns={{{types}}}, maximum_object_size=67108864)"
db.execute(f"CREATE TABLE w AS SELECT {names} FROM {reader}")
work = number("id") + " AS work_id"
TABLES = {
    "works": f"""SELECT {number('id')} AS id, lower(replace(doi, 'https://doi.org/', '')) AS doi, title, publication_year,
        try_cast(publication_date AS DATE) AS publication_date, type, language, is_retracted, is_xpac, {number('primary_location.source.id')} AS venue_id,
        primary_location.source.display_name AS venue, cited_by_count, fwci, len(referenced_works) AS references_count,
        len(authorships) AS authors_count, {number('primary_topic.id')} AS primary_topic, updated_date FROM w""",
    "authorships": f"""WITH a AS (SELECT {work}, unnest(authorships) AS a, generate_subscripts(authorships, 1) AS position, len(authorships) AS authors FROM w),
        f AS (SELECT work_id, position, authors, a, CASE WHEN len(a.institutions) > 0 THEN greatest(len(a.affiliations), 1) ELSE 1 END AS affiliations,
              unnest(CASE WHEN len(a.institutions) > 0 AND len(a.affiliations) > 0 THEN a.affiliations
                     ELSE [{{'raw_affiliation_string': a.affiliations[1].raw_affiliation_string, 'institution_ids': list_transform(a.institutions, lambda x: x.id)}}] END) AS f FROM a),
        i AS (SELECT *, unnest(CASE WHEN len(f.institution_ids) > 0 THEN f.institution_ids ELSE [NULL] END) AS institution FROM f)
        SELECT work_id, position, {number('a.author.id')} AS author_id, coalesce(a.raw_author_name, a.author.display_name) AS author_name,
        {number('institution')} AS institution_id, list_filter(a.institutions, lambda x: x.id = institution)[1].display_name AS institution_name,
        coalesce(list_filter(a.institutions, lambda x: x.id = institution)[1].country_code, CASE WHEN len(a.institutions) = 0 THEN a.countries[1] END) AS country,
        1.0 / authors / affiliations / greatest(len(f.institution_ids), 1) AS weight, f.raw_affiliation_string AS raw_affiliation FROM i""",
    "work_topics": f"""SELECT work_id, {number('t.id')} AS topic_id, rank, t.score AS score FROM
        (SELECT {work}, unnest(topics) AS t, generate_subscripts(topics, 1) AS rank FROM w)""",
    "citations": f"SELECT {work.replace('work_id', 'citing')}, {number('r')} AS cited FROM (SELECT id, unnest(referenced_works) AS r FROM w)",
    "work_funding": f"""SELECT {work}, {number('x.funder_id')} AS funder_id, x.funder_display_name AS funder_name, x.funder_award_id AS award_key
        FROM (SELECT id, unnest(awards) AS x FROM w) UNION ALL
        SELECT {work}, {number('x.id')}, x.display_name, NULL FROM
        (SELECT id, awards, unnest(funders) AS x FROM w) WHERE NOT list_contains(list_transform(coalesce(awards, []), lambda y: y.funder_id), x.id)""",
}
for name, query in TABLES.items():
    db.execute(f"COPY ({query}) TO '{out}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    print(name, db.execute(f"SELECT count(*) FROM '{out}/{name}.parquet'").fetchone()[0])
