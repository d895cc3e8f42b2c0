/** What the fields of a form share. */
import { createContext } from 'svelte'
import type { Content } from '../record/values'

export interface Form {
  /** The problem to be shown at a field. */
  problem: (path: string) => string
  /** One has been at a field and left it. */
  touch: (path: string) => void
  content: () => Content
}

export const [getForm, setForm] = createContext<Form>()
