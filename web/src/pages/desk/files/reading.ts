/** Files that are read into the register. */
import { post } from '../../../lib/api'
import type { Imported } from '../../../lib/types'

/** The most that the server takes. */
export const LARGEST = 8 << 20

const RECORDS: Record<string, string> = { yaml: 'application/yaml', yml: 'application/yaml', json: 'application/json' }
const TABLES: Record<string, string> = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }

export const ENDINGS = [...Object.keys(RECORDS), ...Object.keys(TABLES)]

const endingOf = (name: string) => name.split('.').at(-1)?.toLowerCase() ?? ''

export function isTable(name: string): boolean {
  return endingOf(name) in TABLES
}

export function isRead(name: string): boolean {
  return ENDINGS.includes(endingOf(name))
}

/** The file as it is now: what is stored later is what was looked at. */
export async function taken(file: File): Promise<Blob> {
  const ending = endingOf(file.name)
  return new Blob([await file.arrayBuffer()], { type: RECORDS[ending] ?? TABLES[ending] })
}

/** Whose the rows of a table are; none for a file of records, which says it itself. */
export interface Table {
  kind: string
  hidden: boolean
}

export function read(file: Blob, table: Table | null, rehearse: boolean): Promise<Imported> {
  if (!table) return post<Imported>('register/import', file, { rehearse })
  return post<Imported>(`register/tables/${table.kind}`, file, { rehearse, private: table.hidden })
}
