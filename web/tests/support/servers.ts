/** Servers of the program under test, each with a register and a lake of its own, in a folder that goes away with them. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const WEB = resolve(fileURLToPath(import.meta.url), '../../..')
export const ROOT = resolve(WEB, '..')
export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]
/** The password of every user in the tests. */
export const PASSWORD = 'five words in a row'
/** Users who are signed in from the beginning; jones and choi are left to the tests of signing in. */
export const USERS = ['administrator-kr', 'administrator-us', 'hong', 'kim', 'smith', 'miller', 'park', 'garcia', 'yoon'] as const
export type User = (typeof USERS)[number]

/** Where a server is, and what it works on. */
export interface Place {
  url: string
  lake: string
  register: string
}

/** What the tests find: the demonstration, and for each language one with accounts, which tests change. */
export interface Servers {
  folder: string
  demo: Place
  accounts: Record<Language, Place>
}

export function program(): string {
  const path = process.env.DARI
  if (!path) throw new Error('DARI is not set: give the path of the program under test, for example DARI=../target/demo/dari npx playwright test')
  return resolve(process.env.INIT_CWD ?? process.cwd(), path)
}

function run(args: string[]): { data: string; told: string } {
  const { status, stdout, stderr, error } = spawnSync(program(), args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (status !== 0) throw new Error(`dari ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  return { data: stdout, told: stderr }
}

/** Runs the program to its end and gives the data it writes. */
export function dari(...args: string[]): string {
  return run(args).data
}

/** A code with which a user sets a password. */
export function invitation({ lake, register }: Place, user: string): string {
  const { told } = run(['--lake', lake, 'register', 'users', '--register', register, '--invite', user])
  const code = told.match(/\/welcome\?code=([0-9a-zA-Z_-]+)/)?.[1]
  if (!code) throw new Error(`no invitation for ${user} in: ${told}`)
  return code
}

/** Starts a server on a free port and waits until it says where it is. */
function serve(args: string[]): Promise<{ url: string; process: ChildProcess }> {
  const process = spawn(program(), [...args, '--listen', '127.0.0.1:0'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((done, failed) => {
    let told = ''
    const hear = (part: Buffer) => {
      told += part.toString()
      const url = told.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0]
      if (url) done({ url, process })
    }
    process.stdout?.on('data', hear)
    process.stderr?.on('data', hear)
    process.on('exit', (code) => failed(new Error(`dari ${args.join(' ')} ended with ${code}: ${told}`)))
  })
}

export interface Running {
  servers: Servers
  stop: () => Promise<void>
}

export async function start(): Promise<Running> {
  program()
  const folder = mkdtempSync(join(tmpdir(), 'dari-page-'))
  const lake = join(folder, 'lake')
  const ends: (() => Promise<void> | void)[] = []
  const begin = async (of: Omit<Place, 'url'>, args: string[]): Promise<Place> => {
    const { url, process } = await serve(['--lake', of.lake, 'serve', ...args])
    ends.push(() => new Promise((done) => process.once('exit', () => done()) && process.kill('SIGINT')))
    return { ...of, url: await front(url, ends) }
  }
  const stop = async () => {
    await Promise.all(ends.map((end) => end()))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    dari('--lake', lake, 'demo')
    const own = async (language: Language) => {
      const place = { lake: join(folder, `lake-${language}`), register: join(folder, `register-${language}.sqlite`) }
      cpSync(lake, place.lake, { recursive: true })
      dari('register', 'init', '--demo', '--register', place.register)
      return begin(place, ['--register', place.register])
    }
    const demo = await begin({ lake, register: '' }, ['--demo'])
    return { servers: { folder, demo, accounts: { en: await own('en'), ko: await own('ko') } }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * The page that the program holds is the one that is tested. With PAGE=dist it is the one in dist/, so that changes of the page
 * can be tried without a build of the program.
 */
async function front(server: string, ends: (() => Promise<void> | void)[]): Promise<string> {
  if (process.env.PAGE !== 'dist') return server
  const { preview } = await import('vite')
  const policy = (await fetch(server)).headers.get('content-security-policy') ?? ''
  const before = await preview({
    root: WEB,
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0, proxy: { '/api': { target: server, changeOrigin: false } }, headers: { 'content-security-policy': policy } },
  })
  ends.push(() => before.close())
  const url = before.resolvedUrls?.local[0]
  if (!url) throw new Error('the preview of dist/ has no address')
  return url.replace(/\/$/, '')
}
