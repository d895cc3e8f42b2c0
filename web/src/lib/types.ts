/** What the API answers. The types are made of its description by `npm run client`; those of questions say what a cell may hold. */
import type { components } from './openapi'

type Schemas = components['schemas']

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

export type Job = Schemas['Job']
export type User = Schemas['Member']
export type Session = Schemas['SessionNow']
export type Bilingual = Schemas['Bilingual']
/** A record of the register in one line. */
export type Line = Schemas['Line']
/** A record of the register with its content. */
export type RegisterRecord = Schemas['Record']

/** What an import came to. */
export type Imported = Schemas['Imported']

/** The users who review. */
export type Reviewers = Schemas['Reviewers']
export type Named = Schemas['Named']

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
