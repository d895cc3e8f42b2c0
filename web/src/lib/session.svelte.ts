/** Who is signed in. */
import { del, get, known, post } from './api'
import type { Session } from './types'

class Now {
  session = $state.raw<Session | null>(null)
  /** Whoever may write in the register. */
  readonly writes = $derived(this.session?.register === true && this.session.user !== null)
  readonly demo = $derived(this.session?.mode === 'demo')
  readonly administrator = $derived(this.session?.user?.role === 'administrator')
}

export const now = new Now()

/** Asks the server who is signed in; without an answer the page still shows what needs no session. */
export async function refresh(): Promise<void> {
  now.session = known(await get<Session>('session'))
}

export async function signIn(name: string, password: string, code?: string): Promise<void> {
  now.session = known(await post<Session>('session', { name, password, code: code || undefined }))
}

export async function accept(code: string, password: string): Promise<void> {
  now.session = known(await post<Session>('invitations', { code, password }))
}

export async function signOut(): Promise<void> {
  await del('session')
  await refresh()
}
