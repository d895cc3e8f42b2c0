/** Every country's share of the world's works in some topics, from the published counts by country and topic. */
import { ask } from '../../lib/api'
import type { Answer, Row } from '../../lib/types'

/** The query, and its answer: null where no topic of the technology can be counted. */
export interface WorldShare {
  query: string
  answer: Answer | null
}

const QUERY = (topics: string) => `WITH cells AS (
  SELECT c.* FROM country_topic_year c JOIN datasets d ON d.id = c.dataset_id WHERE d.year IS NULL ${topics}
), latest AS (
  SELECT * FROM cells WHERE year_to = (SELECT max(year_to) FROM cells)
), world AS (
  SELECT sum(w.works) AS works FROM (SELECT topic_id, max(world_works) AS works FROM latest GROUP BY topic_id) w
)
SELECT l.country, sum(l.works) AS works, max(world.works) AS world_works, CAST(sum(l.works) AS double) / max(world.works) AS world_share,
  max(l.year_from) AS year_from, max(l.year_to) AS year_to
FROM latest l CROSS JOIN world GROUP BY l.country ORDER BY works DESC`

/** Topics that count for a technology: those it is at the core of and that need no look at titles. */
function counted(row: Row): boolean {
  return row.strength === 'core' && row.needs_words === false
}

function query(topics: readonly number[] | null): string {
  return QUERY(topics ? `AND c.topic_id IN (${topics.join(', ')})` : '').replace(/\s+/g, ' ')
}

async function asked(query: string): Promise<WorldShare> {
  return { query, answer: await ask('sql', { query }) }
}

export async function worldShare(framework: string, technology: string): Promise<WorldShare> {
  if (!technology) return asked(query(null))
  const entry = await ask('frameworks/show', { id: framework, topics: technology })
  const topics = entry.rows.filter(counted).map((row) => Number(row.topic_id))
  return topics.length > 0 ? asked(query(topics)) : { query: '', answer: null }
}
