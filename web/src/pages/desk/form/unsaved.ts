/** Input that was not saved yet, kept in this browser for whoever typed it until it is saved or discarded. */
import { now } from '../../../lib/session.svelte'
import type { Bilingual } from '../../../lib/types'
import type { Content } from '../record/values'

export interface Unsaved {
  /** The record, or what a new one began with. */
  key: string
  /** Where it can be gone on with. */
  address: string
  kind: string
  title: Bilingual
  at: string
  content: Content
  /** What it began from, and in which version. */
  base: Content
  version: number
  state: string
  day: string
  hidden: boolean
}

const prefix = () => `dari.unsaved.${now.session?.user?.name ?? ''}.`

export function keep(unsaved: Unsaved) {
  localStorage.setItem(prefix() + unsaved.key, JSON.stringify(unsaved))
}

export function drop(key: string) {
  localStorage.removeItem(prefix() + key)
}

function read(name: string): Unsaved | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as Unsaved | null
  } catch {
    return null
  }
}

export function keptOf(key: string): Unsaved | null {
  return read(prefix() + key)
}

export function allKept(): Unsaved[] {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix()))
  return names.flatMap((name) => read(name) ?? []).sort((a, b) => b.at.localeCompare(a.at))
}
