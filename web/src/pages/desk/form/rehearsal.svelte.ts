/** Asks the server as one types whether it would store what is there. */
import { Problem } from '../../../lib/api'

const WAIT = 600

export class Rehearsal {
  running = $state(false)
  fine = $state(false)
  problem = $state.raw<Problem | null>(null)

  /** `ask` gives null while there is nothing to ask; what it reads is what it depends on. `told` may take a problem upon itself. */
  constructor(ask: () => ((signal: AbortSignal) => Promise<unknown>) | null, told: (problem: Problem) => Promise<boolean>) {
    $effect(() => {
      this.fine = false
      this.problem = null
      const send = ask()
      if (!send) return
      const running = new AbortController()
      const timer = setTimeout(() => void this.#rehearse(send, running.signal, told), WAIT)
      return () => {
        clearTimeout(timer)
        running.abort()
        this.running = false
      }
    })
  }

  async #rehearse(send: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal, told: (problem: Problem) => Promise<boolean>) {
    this.running = true
    try {
      await send(signal)
      this.fine = true
    } catch (error) {
      // Whether the server can be reached matters when one saves.
      if (signal.aborted || !(error instanceof Problem) || error.status === 0) return
      if (!(await told(error).catch(() => false))) this.problem = error
    } finally {
      if (!signal.aborted) this.running = false
    }
  }
}
