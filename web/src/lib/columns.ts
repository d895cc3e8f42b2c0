/** How the columns of a table are called and written. */
import * as format from './format'
import { said } from './i18n.svelte'
import type { Answer, Cell, Row } from './types'

export type Kind = 'text' | 'count' | 'number' | 'percent' | 'growth' | 'money' | 'day' | 'country' | 'bool'

export interface TableColumn<R> {
  /** Its name in the data; also what it is sorted by. */
  name: string
  label?: string
  kind?: Kind
  digits?: number
  /** Currency of a column of money. */
  currency?: string
  /** Value that intervals are seen against, such as 1 for an index. */
  reference?: number
  /** What the column means, shown at its head. */
  about?: string
  /** Where the cell leads. */
  href?: (row: R) => string | undefined
  /** What is sorted by, if not the value of the name. */
  by?: (row: R) => Cell
}

/** The head of a column. */
export function label(column: Pick<TableColumn<never>, 'name' | 'label'>): string {
  return column.label ?? said('col', column.name)
}

export function isNumber(kind: Kind | undefined): boolean {
  return kind !== undefined && !['text', 'country', 'bool', 'day'].includes(kind)
}

/** A value as it is read. */
export function written(value: Cell | undefined, column: Pick<TableColumn<never>, 'kind' | 'digits' | 'currency'>): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return said('bool', String(value))
  if (typeof value === 'string') {
    if (column.kind === 'day') return format.day(value)
    return column.kind === 'country' ? format.country(value) : value
  }
  switch (column.kind) {
    case 'count':
      return format.count(value)
    case 'percent':
      return format.percent(value, column.digits)
    case 'growth':
      return format.growth(value, column.digits)
    case 'money':
      return format.money(value, column.currency ?? 'USD')
    case 'number':
      return format.number(value, column.digits)
    default:
      return String(value)
  }
}

/** All columns of an answer, for tables that show whatever came. */
export function columnsOf(answer: Answer): TableColumn<Row>[] {
  const kinds: Record<string, Kind> = { int: 'count', float: 'number', date: 'day', bool: 'bool', text: 'text' }
  // Years and ids are numbers, but nobody groups their digits.
  const plain = /(^|_)(year|id|version)$|^year_/
  return answer.columns.map(({ name, type }) => ({ name, kind: plain.test(name) ? undefined : kinds[type] }))
}

/** Compares cells for sorting; what has no value comes last in either direction. */
export function compare(a: Cell | undefined, b: Cell | undefined, down: boolean, language: string): number {
  const none = (value: Cell | undefined) => value === null || value === undefined || value === ''
  if (none(a) || none(b)) return Number(none(a)) - Number(none(b))
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), language, { numeric: true })
  return down ? -order : order
}
