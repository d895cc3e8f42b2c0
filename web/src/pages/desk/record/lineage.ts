/** Where a record came from and what came of it. */
import { get } from '../../../lib/api'
import type { Line } from '../../../lib/types'
import { recordPath } from '../records'

export interface Relative {
  steps: number
  /** The record one step nearer. */
  by: string
  record: Line
}

export interface Lineage {
  record: Line
  back: Relative[]
  forth: Relative[]
}

export function lineageOf(id: string): Promise<Lineage> {
  return get<Lineage>(`${recordPath(id)}/lineage`)
}

/** Records of a kind that came straight out of this one. */
export function children(lineage: Lineage | null, kind: string): Line[] {
  return (lineage?.forth ?? []).filter((one) => one.steps === 1 && one.record.kind === kind).map((one) => one.record)
}
