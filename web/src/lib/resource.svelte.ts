/** Something that is fetched, and fetched anew when what it depends on changes. */
import { Problem } from './api'

export interface Fetching {
  signal: AbortSignal
  /** Tells how far it is. */
  progress: (line: string) => void
}

export class Resource<T> {
  /** The last that came; it stays while a newer one is fetched. */
  data = $state.raw<T | null>(null)
  problem = $state.raw<Problem | null>(null)
  loading = $state(false)
  /** The last line that a long job told. */
  progress = $state('')
  #again = $state(0)
  #running: AbortController | null = null

  /** `fetch` gives null if there is nothing to ask; what it reads before its first await is what it depends on. */
  constructor(fetch: (fetching: Fetching) => Promise<T> | null) {
    $effect(() => {
      void this.#again
      const running = new AbortController()
      this.#running = running
      const promise = fetch({ signal: running.signal, progress: (line) => this.#told(running, line) })
      this.problem = null
      this.progress = ''
      if (!promise) {
        this.data = null
        this.loading = false
        return
      }
      this.loading = true
      promise.then(
        (data) => this.#came(running, data, null),
        (error: unknown) => this.#came(running, null, error),
      )
      return () => running.abort()
    })
  }

  #told(running: AbortController, line: string) {
    if (running === this.#running) this.progress = line
  }

  #came(running: AbortController, data: T | null, error: unknown) {
    if (running !== this.#running) return
    this.loading = false
    if (error === null) this.data = data
    else if (!running.signal.aborted) {
      this.data = null
      this.problem = error instanceof Problem ? error : new Problem(0, String(error))
    }
  }

  retry = () => {
    this.#again++
  }

  /** Ends what is under way. */
  cancel = () => {
    this.#running?.abort()
    this.loading = false
  }
}

/** To be called while a component is set up, as it lives as long as the component. */
export function resource<T>(fetch: (fetching: Fetching) => Promise<T> | null): Resource<T> {
  return new Resource(fetch)
}
