/** An invite list as the invitations of a workshop in the register. */
import { ask, get } from '../../lib/api'
import type { Line, Row } from '../../lib/types'
import { linesOf } from '../desk/records'

export interface Invitation {
  name: string
  side: string
  organisation?: string
}

/** Pages of organisations that are looked through. */
const PAGES = 10

function organisationsOf(row: Row): string[] {
  return String(row.organisations ?? '').split('; ').filter(Boolean)
}

/** The organisation of the register that has the ROR id of the one that the lake calls so. */
async function byRor(name: string): Promise<string | undefined> {
  const { rows } = await ask('organisations/search', { name, limit: 1 })
  const [best] = rows
  if (best?.fit !== 'exact' || !best.ror) return undefined
  const { records } = await get<{ records: Line[] }>('register/search', { q: String(best.ror), kind: 'organisation', limit: 10 })
  return records.find((line) => !line.private)?.id
}

/** Organisations of the register by the names that the lake gives them: called the same in one of the languages, else by their ROR id. */
async function known(names: Iterable<string>): Promise<Map<string, string>> {
  const { records } = await linesOf({ kind: 'organisation' }, PAGES)
  const called = new Map(records.filter((line) => !line.private).flatMap(({ id, title }) => [title.en, title.ko].map((name) => [name, id] as const)))
  const found = new Map<string, string>()
  for (const name of names) {
    const id = called.get(name) ?? (await byRor(name))
    if (id) found.set(name, id)
  }
  return found
}

/** An organisation that the register does not have stands behind the name. */
export async function invitations(rows: readonly Row[]): Promise<Invitation[]> {
  const ids = await known(new Set(rows.flatMap(organisationsOf)))
  return rows.map((row) => {
    const organisations = organisationsOf(row)
    const organisation = organisations.map((name) => ids.get(name)).find(Boolean)
    const about = organisation ? '' : organisations.join('; ')
    return { name: about ? `${row.name} (${about})` : String(row.name), side: String(row.country ?? ''), organisation }
  })
}
