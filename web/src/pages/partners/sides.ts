/** A side of partners, as the command line takes it: countries, a group, an organisation or a researcher. */
import { ask } from '../../lib/api'
import { propose as countries } from '../../lib/countries'
import { country } from '../../lib/format'
import { t } from '../../lib/i18n.svelte'

export interface Side {
  value: string
  label: string
  about?: string
}

const isCountries = (side: string) => /^[A-Z]{2}(,[A-Z]{2})*$/.test(side)

async function groups(): Promise<Side[]> {
  const answer = await ask('groups/list')
  return answer.rows.map((row) => ({ value: `group:${row.id}`, label: String(row.name), about: t('side.group') }))
}

async function organisations(text: string): Promise<Side[]> {
  const answer = await ask('organisations/search', { name: text, limit: 6 })
  const known = answer.rows.filter((row) => row.ror)
  return known.map((row) => ({ value: String(row.ror), label: String(row.organisation), about: country(row.country as string) }))
}

/** What may be meant by what is typed. */
export async function propose(text: string, people: boolean): Promise<Side[]> {
  const typed = text.trim().toLocaleLowerCase()
  const fits = (side: Side) => side.value.toLowerCase().includes(typed) || side.label.toLocaleLowerCase().includes(typed)
  const found: Side[] = countries(text, [], 4).filter((side) => side.value.toLowerCase() === typed || side.label.toLocaleLowerCase().startsWith(typed))
  found.push(...(await groups().catch(() => [])).filter(fits).slice(0, 6))
  if (typed.length >= 2) found.push(...(await organisations(text).catch(() => [])))
  if (people && typed.length >= 4) found.push({ value: `researcher:${text.trim()}`, label: text.trim(), about: t('side.researcher') })
  return found
}

/** What a side is called. */
export async function nameOf(side: string): Promise<string> {
  if (isCountries(side)) return side.split(',').map(country).join(', ')
  if (side.startsWith('researcher:')) return side.slice('researcher:'.length)
  if (side.startsWith('group:')) return (await groups()).find((group) => group.value === side)?.label ?? side
  const answer = await ask('organisations/show', { id: side })
  return String(answer.rows.find((row) => row.what === 'name')?.value ?? side)
}
