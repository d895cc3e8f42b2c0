/** Requests to the server. */
import { language } from './i18n.svelte'
import type { Answer, Job, Session } from './types'

export const BASE = '/api/v1'

type Value = string | number | boolean | null | undefined | readonly string[]
export type Params = Record<string, Value>

/** What went wrong, as the server tells it (RFC 9457), or that it cannot be reached (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail = '',
    readonly hint = '',
    /** The record as it is now, where another was faster. */
    readonly stored: unknown = undefined,
    /** What kind it is, for what a page does about it. */
    readonly type = 'about:blank',
  ) {
    super(detail || title)
    this.name = 'Problem'
  }
}

/** An address of the API; what is empty or false is left out, lists are separated by commas. */
export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '' && value !== false) {
      query.set(name, Array.isArray(value) ? value.join(',') : String(value))
    }
  }
  const text = query.toString().replaceAll('%2C', ',')
  return `${BASE}/${path}${text ? `?${text}` : ''}`
}

/** The address of a question, in the language of the page. */
export function question(name: string, params: Params = {}): string {
  return address(name, { ...params, lang: language() })
}

let csrf = ''

/** Remembers what writing requests must show. */
export function known(session: Session): Session {
  csrf = session.csrf
  return session
}

async function problem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}))
  return new Problem(response.status, body.title ?? response.statusText, body.detail, body.hint, body.stored, body.type)
}

export interface Options {
  signal?: AbortSignal
  headers?: Record<string, string>
}

async function send(method: string, url: string, body?: unknown, { signal, headers = {} }: Options = {}): Promise<Response> {
  // A form and a file say themselves what they are.
  const raw = body instanceof FormData || body instanceof Blob
  if (method !== 'GET') headers = { 'X-CSRF-Token': csrf, ...headers }
  if (body !== undefined && !raw) headers = { 'Content-Type': 'application/json', ...headers }
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers: { Accept: 'application/json', ...headers },
      body: raw ? body : body === undefined ? undefined : JSON.stringify(body),
      signal,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Problem(0, 'unreachable')
  }
  if (!response.ok) throw await problem(response)
  return response
}

async function read<T>(response: Response): Promise<T> {
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
}

/** `If-Match` of a version of a record. */
export function ifMatch(version: number): Options {
  return { headers: { 'If-Match': `"${version}"` } }
}

export async function get<T>(path: string, params: Params = {}, options: Options = {}): Promise<T> {
  return read<T>(await send('GET', address(path, params), undefined, options))
}

export async function post<T>(path: string, body?: unknown, params: Params = {}, options: Options = {}): Promise<T> {
  return read<T>(await send('POST', address(path, params), body, options))
}

export async function put<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
  return read<T>(await send('PUT', address(path), body, options))
}

export async function patch<T>(path: string, body: unknown, params: Params = {}, options: Options = {}): Promise<T> {
  return read<T>(await send('PATCH', address(path, params), body, options))
}

export async function del<T = void>(path: string, params: Params = {}, options: Options = {}, body?: unknown): Promise<T> {
  return read<T>(await send('DELETE', address(path, params), body, options))
}

/** Answers of this visit by address: going back shows them at once. The lake's version is asked for anew with each page load. */
const answers = new Map<string, Promise<unknown>>()
const KEPT = 60

/** Forgets answers, after data were loaded. */
export function forget() {
  answers.clear()
}

function kept<T>(url: string, fresh: () => Promise<T>): Promise<T> {
  const before = answers.get(url)
  if (before) return before as Promise<T>
  const answer = fresh()
  answers.set(url, answer)
  answer.catch(() => answers.delete(url))
  const oldest = answers.keys().next().value
  if (answers.size > KEPT && oldest !== undefined) answers.delete(oldest)
  return answer
}

/** Asks a question about the lake; one that is under way or answered is not asked again. */
export function ask<T = Answer>(name: string, params: Params = {}): Promise<T> {
  const url = question(name, params)
  return kept(url, async () => read<T>(await send('GET', url)))
}

export interface Slow {
  signal?: AbortSignal
  progress?: (line: string, job: string) => void
}

/** Why a job failed, and what may be done about it, as the command line says both. */
export function whyFailed(job: Job): { detail: string; hint: string } {
  const [detail = '', hint = ''] = (job.error ?? '').split(/\s*\bhint: /)
  return { detail: detail.trim(), hint: hint.trim() }
}

/** Asks a question that takes long: as a job whose progress is told, and that ends when `signal` does. */
export async function askSlow<T = Answer>(name: string, params: Params = {}, { signal, progress }: Slow = {}): Promise<T> {
  const url = question(name, params)
  const before = answers.get(url)
  if (before) return before as Promise<T>
  const response = await send('GET', url, undefined, { signal, headers: { Prefer: 'respond-async' } })
  if (response.status !== 202) return kept(url, () => read<T>(response))
  const { id } = await read<Job>(response)
  await finished(id, { signal, progress })
  return kept(url, async () => read<T>(await send('GET', address(`jobs/${id}/answer`), undefined, { signal })))
}

/** Follows a job until it is done. */
export async function finished(id: string, { signal, progress }: Slow = {}): Promise<Job> {
  const job = await new Promise<Job>((resolve, reject) => {
    const events = new EventSource(address(`jobs/${id}/events`))
    const cancel = () => {
      events.close()
      void del(`jobs/${id}`).catch(() => undefined)
      reject(new DOMException('cancelled', 'AbortError'))
    }
    if (signal?.aborted) return cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    events.addEventListener('progress', (event) => progress?.(String(event.data), id))
    events.addEventListener('end', (event) => {
      events.close()
      resolve(JSON.parse(String(event.data)) as Job)
    })
    // The browser connects again by itself, unless the server says that there is nothing to connect to.
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED) return
      get<Job>(`jobs/${id}`).then((job) => (job.state === 'running' ? reject(new Problem(0, 'unreachable')) : resolve(job)), reject)
    }
  })
  if (job.state === 'done') return job
  if (job.state === 'cancelled') throw new DOMException('cancelled', 'AbortError')
  const { detail, hint } = whyFailed(job)
  throw new Problem(400, job.command, detail, hint)
}
