/** The kinds of records, known once the desk has asked for them. */
import { named } from '../../lib/i18n.svelte'
import { kinds, stateOf, type Field, type KindOfRecord } from '../../lib/register'
import { now } from '../../lib/session.svelte'
import type { RegisterRecord } from '../../lib/types'

class Known {
  all = $state.raw<KindOfRecord[]>([])
}

const known = new Known()

export async function learn(): Promise<KindOfRecord[]> {
  known.all = await kinds()
  return known.all
}

export function allKinds(): KindOfRecord[] {
  return known.all
}

export function kindNamed(name: string): KindOfRecord | undefined {
  return known.all.find((kind) => kind.name === name)
}

/** Fields that all kinds have besides name and text: they say less of a record than its own, and stand behind them. */
const COMMON = ['sources', 'organisations', 'groups', 'technologies', 'people', 'from', 'see', 'example']

/** The fields of a kind: its own, and those that all kinds have. */
export function fieldsOf(kind: KindOfRecord | undefined): { own: Field[]; common: Field[] } {
  const fields = kind?.fields ?? []
  return { own: fields.filter((field) => !COMMON.includes(field.name)), common: fields.filter((field) => COMMON.includes(field.name)) }
}

export function labelOfKind(name: string): string {
  return named(kindNamed(name)?.label) || name
}

export function labelOfState(kind: string, state: string): string {
  return named(stateOf(known.all, { kind, state })?.label) || state
}

const DESK = ['desk-officer', 'programme-manager', 'administrator']
const CALLS = ['programme-manager', 'administrator']
const WRITERS: Record<KindOfRecord['writer'], string[]> = {
  anyone: ['contributor', ...DESK],
  desk: DESK,
  programme: CALLS,
  reviewer: CALLS,
}

/** Whether the role of whoever is signed in may begin records of a kind. The server decides; this only hides what it would refuse. */
export function begins(kind: KindOfRecord | undefined): boolean {
  return now.writes && kind !== undefined && WRITERS[kind.writer].includes(now.session?.user?.role ?? '')
}

/** Whether it may change a record. */
export function changes(record: RegisterRecord): boolean {
  const user = now.session?.user
  if (!now.writes || !user) return false
  if (record.kind === 'review' && record.content.reviewer === user.name) return true
  return begins(kindNamed(record.kind)) && (user.role !== 'contributor' || record.created_by === user.name)
}
