/** What the API answers; see /api/v1/openapi.json. */

export type Cell = string | number | boolean | null
export type Row = Record<string, Cell>
export type ColumnType = 'float' | 'int' | 'text' | 'bool' | 'date'

export interface Column {
  name: string
  type: ColumnType
}

/** The answer to a question about the lake. */
export interface Answer {
  /** The command that gives the same answer. */
  command: string
  lake: { version: number; at: string } | null
  columns: Column[]
  rows: Row[]
  notes: string[]
}

export interface Job {
  id: string
  command: string
  state: 'running' | 'done' | 'failed' | 'cancelled'
  progress: string[]
  begun: string
  ended: string | null
  error?: { title?: string; detail?: string; hint?: string } | string | null
}

export interface User {
  name: string
  party: string
  side: string
  role: string
}

export interface Session {
  user: User | null
  mode: 'demo' | 'accounts'
  csrf: string
  register: boolean
  parties: string[]
}

export interface Bilingual {
  en: string
  ko: string
}

/** A record of the register in one line. */
export interface Line {
  id: string
  kind: string
  state: string
  since: string | null
  sides: string[]
  begins: string | null
  ends: string | null
  due: string | null
  version: number
  title: Bilingual
  private: string | null
}

/** A record of the register with its content. */
export interface RegisterRecord {
  id: string
  kind: string
  state: string
  since: string | null
  version: number
  title: Bilingual
  private: string | null
  changed_at: string
  created_by: string
  removed: boolean
  content: Record<string, unknown>
}

/** A map of who wrote with whom, in VOSviewer's form. */
export interface NetworkMap {
  network: {
    items: {
      id: number
      label: string
      description?: string
      x: number
      y: number
      cluster: number
      weights: Record<string, number>
      scores: Record<string, number>
    }[]
    links: { source_id: number; target_id: number; strength: number }[]
  }
}
