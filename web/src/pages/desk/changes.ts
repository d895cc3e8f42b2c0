/** What was changed in the register. */
import { get } from '../../lib/api'
import type { Line } from '../../lib/types'
import type { Content } from './record/values'

/** A change as the history of a record tells it. */
export interface Told {
  at: string
  who: string
  party: string
  action: string
  version: number
  state: string
  day: string | null
  why: string | null
  /** The fields of the record after it. */
  content: Content
}

export interface Change {
  event: Told & { id: string; kind: string }
  /** The record as it is now; nothing for changes of users. */
  record: Line | null
}

/** The newest first. */
export async function changesSince(day: string, limit: number): Promise<Change[]> {
  return (await get<{ changes: Change[] }>('register/changes', { since: day, limit })).changes
}
