/** Records that a text proposes; none is stored before somebody says so. */
import type { Content } from '../record/values'

export interface Draft {
  kind: string
  content: Content
  state: string
  day: string | null
  quote: string
  /** First and last character in the text, from 1. */
  characters: [number, number]
  found: { organisations: string[]; offices: string[]; dates: string[] }
}

/** A draft and what one decided on it. */
export interface Decided {
  draft: Draft
  /** The record that it became. */
  record?: string
  leftOut?: boolean
}

/** What is known of a text. */
export interface About {
  title: string
  url: string
  published: string
  meeting: string
}

/** The text and its drafts, kept in this browser while one goes through them. */
export interface Work {
  text: string
  about: About
  drafts: Decided[]
}

export const NOTHING: Work = { text: '', about: { title: '', url: '', published: '', meeting: '' }, drafts: [] }

/** A meeting was stored: what was said after it in the text, up to the next meeting, was said there. */
export function saidAt(drafts: readonly Decided[], place: number, meeting: string): Decided[] {
  const next = drafts.findIndex((one, other) => other > place && one.draft.kind === 'meeting')
  return drafts.map((one, other) => {
    const follows = other > place && (next < 0 || other < next) && one.draft.kind === 'statement'
    return follows && !one.draft.content.meeting ? { ...one, draft: { ...one.draft, content: { ...one.draft.content, meeting } } } : one
  })
}
