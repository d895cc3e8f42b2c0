/** What fields propose while one types. */
import { ask, get } from '../../../lib/api'
import { framework } from '../../../lib/chosen'
import { country } from '../../../lib/format'
import { language, named, t } from '../../../lib/i18n.svelte'
import type { Line } from '../../../lib/types'
import { labelOfKind } from '../kinds.svelte'
import { linesOf } from '../records'

export interface Choice {
  value: string
  label: string
  about?: string
}

const MOST = 8

/** Records of some kinds; of all, where none is named. */
export async function records(typed: string, kinds: readonly string[]): Promise<Choice[]> {
  const found = typed.trim()
    ? (await get<{ records: Line[] }>('register/search', { q: typed.trim(), kind: kinds, limit: MOST })).records
    : (await Promise.all(kinds.map(async (kind) => (await linesOf({ kind }, 1)).records))).flat()
  return found
    .slice(0, MOST)
    .map((line) => ({ value: line.id, label: named(line.title) || line.id, about: [labelOfKind(line.kind), ...line.sides.map(country)].join(' · ') }))
}

/** Entries of the framework that is chosen on the other pages. */
export async function technologies(typed: string): Promise<Choice[]> {
  const id = framework()
  const { rows } = await ask('frameworks/show', { id })
  const wanted = typed.trim().toLocaleLowerCase()
  return rows
    .map((row) => ({ value: `${id}/${row.id}`, label: String((language() === 'ko' ? row.name_ko : row.name_en) ?? row.id), about: String(row.id) }))
    .filter((choice) => choice.label.toLocaleLowerCase().includes(wanted) || choice.value.includes(wanted))
    .slice(0, MOST)
}

/** Groups of organisations that are at hand. */
export async function groups(typed: string): Promise<Choice[]> {
  const { rows } = await ask('groups/list')
  const wanted = typed.trim().toLocaleLowerCase()
  return rows
    .map((row) => ({ value: String(row.id), label: String(row.name), about: t('side.group') }))
    .filter((choice) => choice.label.toLocaleLowerCase().includes(wanted) || choice.value.includes(wanted))
    .slice(0, MOST)
}
