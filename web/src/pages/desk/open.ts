/** What is still open, as the register counts it. */
import type { Line } from '../../lib/types'

export interface Summary {
  sides: string[]
  kind: string
  state: string
  records: number
  oldest: string | null
  overdue: number
}

export interface Open {
  meeting: Line | null
  /** What ages are counted to: the day of the meeting, else today. */
  day: string
  summary: Summary[]
  records: Line[]
}
