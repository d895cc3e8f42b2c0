/** Something that is asked of the server: under way, done or gone wrong. */
import { Problem } from '../../lib/api'

export class Attempt {
  busy = $state(false)
  problem = $state.raw<Problem | null>(null)

  /** Whether it went well; if not, `problem` says why. */
  async run(what: () => Promise<void>): Promise<boolean> {
    this.busy = true
    this.problem = null
    try {
      await what()
      return true
    } catch (error) {
      this.problem = error instanceof Problem ? error : new Problem(0, String(error))
      return false
    } finally {
      this.busy = false
    }
  }
}
