/** What happened, in order of the days. */
import { get } from '../../lib/api'
import type { Line } from '../../lib/types'

export interface Entry {
  day: string
  /** The state that the record came into; nothing for the day on which it happens itself. */
  became: string | null
  record: Line
}

/** As many as the server gives at once. */
const EACH = 1000
const PAGES = 20

/** Everything that happened, of what came about through a record where one is named. */
export async function timelineOf(of: string): Promise<Entry[]> {
  const entries = new Map<string, Entry>()
  let from = ''
  for (let page = 0; page < PAGES; page++) {
    const found = (await get<{ entries: Entry[] }>('register/timeline', { of, from, limit: EACH })).entries
    for (const entry of found) entries.set(`${entry.day} ${entry.record.id} ${entry.became}`, entry)
    // The last day may go on, so that it is asked for once more.
    const last = found.at(-1)?.day
    if (found.length < EACH || !last || last === from) break
    from = last
  }
  return [...entries.values()]
}
