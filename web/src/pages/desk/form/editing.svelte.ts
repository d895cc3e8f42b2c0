/** A record in the making: what it began from, and what was typed since. */
import { get, ifMatch, patch, post, type Problem } from '../../../lib/api'
import type { KindOfRecord } from '../../../lib/register'
import type { RegisterRecord } from '../../../lib/types'
import { both, text, type Content } from '../record/values'
import { recordPath, written } from '../records'
import { changed, clean } from './content'
import { check } from './problems'
import { drop, keep, keptOf } from './unsaved'

export interface Start {
  kind: KindOfRecord
  /** The record that is edited; none for a new one. */
  record?: RegisterRecord
  /** What a new one begins with. */
  given?: Content
  id?: string
  state?: string
  day?: string
  /** By which unsaved input is found again, and where. */
  keptAs: string
  address: string
}

/** A review belongs to its reviewer, which its id says; all other records get theirs from the server. */
function ownId(kind: string, { proposal, reviewer }: Content): string | undefined {
  return kind === 'review' && proposal && reviewer ? `~${text(reviewer)}:${text(proposal)}` : undefined
}

export class Editing {
  readonly #start: Start
  base = $state.raw<Content>({})
  version = $state(0)
  content = $state.raw<Content>({})
  state = $state('')
  day = $state('')
  hidden = $state(false)
  why = $state('')
  /** When the input was typed, if it is of an earlier visit. */
  restored = $state('')
  /** The record as it is now, where another was faster. */
  stored = $state.raw<RegisterRecord | null>(null)
  /** Counts how often the content came from elsewhere than the fields, which are then made anew. */
  made = $state(0)
  /** It is stored; what is still under way then must not be asked of the version before. */
  saved = $state(false)

  readonly changes = $derived.by(() => changed(this.#start.kind.fields, this.base, this.content))
  readonly dirty = $derived.by(() => Object.keys(this.changes).length > 0 || this.hidden || this.state !== (this.#start.state ?? ''))
  readonly cleaned = $derived.by(() => clean(this.#start.kind.fields, this.content))
  readonly problems = $derived.by(() => check(this.#start.kind.fields, this.cleaned))
  /** Whether there is something that could be stored. */
  readonly ready = $derived.by(
    () => (this.#start.record ? this.dirty : Object.keys(this.cleaned).length > 0) && !this.stored && !this.saved && Object.keys(this.problems).length === 0,
  )

  constructor(start: Start) {
    this.#start = start
    this.#begin()
    const kept = keptOf(start.keptAs)
    if (!kept) return
    this.base = kept.base
    this.version = kept.version
    this.content = kept.content
    this.state = kept.state
    this.day = kept.day
    this.hidden = kept.hidden
    this.restored = kept.at
  }

  #begin() {
    const { record, given = {}, state = '', day = '' } = this.#start
    this.content = this.base = record?.content ?? given
    this.version = record?.version ?? 0
    this.state = state
    this.day = day
    this.why = this.restored = ''
    this.hidden = false
    this.stored = null
  }

  get unsaved(): boolean {
    return this.dirty && !this.saved
  }

  set(name: string, value: unknown) {
    this.content = { ...this.content, [name]: value }
  }

  discard() {
    drop(this.#start.keptAs)
    this.#begin()
    this.made++
  }

  /** Never loses input: it is kept until it is saved or discarded. */
  keep() {
    const { keptAs: key, address, kind } = this.#start
    const { content, base, version, state, day, hidden } = this
    if (this.saved) return
    if (!this.dirty) return drop(key)
    const name = both(content.name)
    const title = name.en || name.ko ? name : both(content.text)
    keep({ key, address, kind: kind.name, title, at: new Date().toISOString(), content, base, version, state, day, hidden })
  }

  /** Stores it; in a rehearsal the server only says whether it would. */
  send(rehearse: boolean, signal?: AbortSignal): Promise<RegisterRecord> {
    const { kind, id, record } = this.#start
    if (record) {
      const body = { content: this.changes, why: this.why.trim() || undefined }
      return patch(recordPath(record.id), body, { rehearse }, { ...ifMatch(this.version), signal })
    }
    const { cleaned: content, state, day, hidden } = this
    const body = { kind: kind.name, id: id ?? ownId(kind.name, content), content, state: state || undefined, day: day || undefined, private: hidden || undefined }
    return post('register/records', body, { rehearse }, { signal })
  }

  async save(): Promise<RegisterRecord> {
    const record = await this.send(false)
    this.saved = true
    drop(this.#start.keptAs)
    written()
    return record
  }

  /** Whether another was faster; the record as it is now is then at hand. A rehearsal tells only that it was so. */
  async late(problem: Problem | null): Promise<boolean> {
    const { record } = this.#start
    if (problem?.status !== 412 || !record) return false
    this.stored = (problem.stored as RegisterRecord | undefined) ?? (await get<RegisterRecord>(recordPath(record.id)))
    return true
  }

  /** Goes on from the record as it is now, with the content that was chosen of both. */
  merge(content: Content) {
    if (!this.stored) return
    this.base = this.stored.content
    this.version = this.stored.version
    this.content = content
    this.stored = null
    this.made++
  }
}
