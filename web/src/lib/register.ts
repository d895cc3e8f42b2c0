/** Records of the register as other pages point to them. */
import { get } from './api'
import { named } from './i18n.svelte'
import { href } from './router.svelte'
import type { Bilingual, Line } from './types'

export interface State {
  name: string
  label: Bilingual
  next: string[]
  first: boolean
  open: boolean
}

export interface Field {
  name: string
  label: Bilingual
  form: string
  needed: boolean
  choices?: string[]
  kinds?: string[]
  fields?: Field[]
}

export interface KindOfRecord {
  name: string
  label: Bilingual
  about: string
  writer: 'anyone' | 'desk' | 'programme' | 'reviewer'
  when: string | null
  due: string | null
  fields: Field[]
  states: State[]
}

let asked: Promise<KindOfRecord[]> | null = null

/** The kinds of records; they do not change while the server runs. */
export function kinds(): Promise<KindOfRecord[]> {
  asked ??= get<{ kinds: KindOfRecord[] }>('register/kinds').then((answer) => answer.kinds)
  asked.catch(() => (asked = null))
  return asked
}

export function kindOf(all: readonly KindOfRecord[], kind: string): string {
  const found = all.find((one) => one.name === kind)
  return found ? named(found.label) : kind
}

export function stateOf(all: readonly KindOfRecord[], line: Pick<Line, 'kind' | 'state'>): State | undefined {
  return all.find((one) => one.name === line.kind)?.states.find((state) => state.name === line.state)
}

export function recordHref(id: string): string {
  return `/desk/records/${encodeURIComponent(id)}`
}

/** The form of a new record that begins with some content. */
export function newHref(kind: string, content: Record<string, unknown>): string {
  return href('/desk/new', { kind, content: JSON.stringify(content) })
}
