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

/** Lines by id, and those that are still to be asked for. */
const lines = new Map<string, Promise<Line | null>>()
let waiting: { id: string; found: (line: Line | null) => void; failed: (error: unknown) => void }[] = []

/** A record in one line, or nothing where it is not seen; all that are wanted at a time are asked for at once. */
export function lineOf(id: string): Promise<Line | null> {
  const before = lines.get(id)
  if (before) return before
  const line = new Promise<Line | null>((found, failed) => {
    if (waiting.length === 0) setTimeout(askWaiting)
    waiting.push({ id, found, failed })
  })
  lines.set(id, line)
  line.catch(() => lines.delete(id))
  return line
}

async function askWaiting() {
  const now = waiting.slice(0, EACH)
  waiting = waiting.slice(EACH)
  if (waiting.length > 0) void askWaiting()
  try {
    const { records } = await get<Page>('register/records', { id: now.map(({ id }) => id), limit: EACH })
    for (const { id, found } of now) found(records.find((line) => line.id === id) ?? null)
  } catch (error) {
    for (const { failed } of now) failed(error)
  }
}

/** Forgets them, after something was written. */
export function written() {
  asked.clear()
  lines.clear()
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
