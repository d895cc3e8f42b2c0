/** Who shall review a proposal, as it is chosen. */

export interface Reviewer {
  user: string
  /** Their organisation in the register. */
  organisation: string
  /** Their id as an author in the lake. */
  author: string
}

export interface Work {
  to: Reviewer[]
  due: string
  why: string
}

export const NOBODY: Reviewer = { user: '', organisation: '', author: '' }
export const NOTHING: Work = { to: [NOBODY], due: '', why: '' }

/** A reviewer in one word: `garcia`, `garcia@org.mit`, `garcia@org.mit/A12`, `garcia@/A12`. */
export function inOneWord({ user, organisation, author }: Reviewer): string {
  return organisation || author ? `${user}@${organisation}${author && `/${author}`}` : user
}

/** What was chosen before and not given out yet, kept in this browser. */
export function kept(key: string): Work {
  try {
    return { ...NOTHING, ...(JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Work> | null) }
  } catch {
    return NOTHING
  }
}

export function keep(key: string, work: Work) {
  if (JSON.stringify(work) === JSON.stringify(NOTHING)) localStorage.removeItem(key)
  else localStorage.setItem(key, JSON.stringify(work))
}
