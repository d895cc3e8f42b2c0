/** Records as they are asked for by id, each once per visit until something is written. */
import { get } from '../../lib/api'
import type { Line, RegisterRecord } from '../../lib/types'

const asked = new Map<string, Promise<RegisterRecord>>()

export function recordPath(id: string): string {
  return `register/records/${encodeURIComponent(id)}`
}

export function recordOf(id: string): Promise<RegisterRecord> {
  const before = asked.get(id)
  if (before) return before
  const record = get<RegisterRecord>(recordPath(id))
  asked.set(id, record)
  record.catch(() => asked.delete(id))
  return record
}

/** Forgets them, after something was written. */
export function written() {
  asked.clear()
}

interface Page {
  records: Line[]
  next: string | null
}

export interface Wanted {
  kind?: string
  state?: string
  side?: string
  removed?: boolean
}

const EACH = 100

/** Lines of records, so many pages of them. */
export async function linesOf(wanted: Wanted, pages: number): Promise<Page> {
  const records: Line[] = []
  let cursor: string | null = ''
  for (let page = 0; page < pages && cursor !== null; page++) {
    const found: Page = await get<Page>('register/records', { ...wanted, limit: EACH, cursor })
    records.push(...found.records)
    cursor = found.next
  }
  return { records, next: cursor }
}
