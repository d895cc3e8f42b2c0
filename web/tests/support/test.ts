/** What all tests share: where the page is, who is signed in, its words, and an eye on everything that goes wrong meanwhile. */
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type APIRequestContext, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Language, type Place, type Servers, type User } from './servers'
import { wordsOf, type Say } from './words'

export interface Chosen {
  language: Language
  /** The user who is signed in, or nobody yet; without one it is the demonstration. */
  as: User | 'nobody' | null
}

/** Answers and messages that a test brings about on purpose. */
export interface Watch {
  expected: RegExp[]
  wrong: string[]
}

interface Given {
  say: Say
  place: Place
  servers: Servers
  watch: Watch
  /** Asks the API besides the page. */
  api: <T>(path: string, params?: Record<string, string>) => Promise<T>
  /** A page of another user, watched too. */
  another: (user: User | 'nobody') => Promise<Page>
}

function sessionOf(servers: Servers, language: Language, user: User): string {
  return join(servers.folder, `sessions-${language}`, `${user}.json`)
}

/** Writes down what no visitor should ever cause. */
export function follow(page: Page, watch: Watch) {
  const note = (text: string) => {
    if (!watch.expected.some((one) => one.test(text))) watch.wrong.push(`${text} (${page.url()})`)
  }
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    // The failed answer itself is told below, with its address.
    if (!message.text().startsWith('Failed to load resource')) note(`console ${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => note(`page error: ${error.stack ?? error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()} ${response.request().method()} ${decodeURIComponent(new URL(response.url()).pathname)}`)
  })
}

async function contextOf(browser: Browser, given: { baseURL: string; locale?: string; storageState?: string }): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1280, height: 800 }, ...given })
}

export const test = base.extend<Chosen & Given>({
  language: ['en', { option: true }],
  as: [null, { option: true }],
  say: async ({ language }, use) => use(wordsOf(language)),
  servers: async ({}, use) => use(JSON.parse(readFileSync(process.env.DARI_PAGE_SERVERS ?? '', 'utf8')) as Servers),
  place: async ({ servers, as, language }, use) => use(as ? servers.accounts[language] : servers.demo),
  baseURL: async ({ place }, use) => use(place.url),
  storageState: async ({ servers, as, language }, use) => use(as && as !== 'nobody' ? sessionOf(servers, language, as) : undefined),
  watch: async ({}, use) => {
    const watch: Watch = { expected: [], wrong: [] }
    await use(watch)
    expect(watch.wrong, 'console, page errors and answers').toEqual([])
  },
  page: async ({ page, watch }, use) => {
    follow(page, watch)
    await use(page)
  },
  api: async ({ request, language }, use) => use((path, params = {}) => asked(request, path, { lang: language, ...params })),
  another: async ({ browser, servers, language, place, locale, watch }, use) => {
    const opened: BrowserContext[] = []
    await use(async (user) => {
      const context = await contextOf(browser, { baseURL: place.url, locale, storageState: user === 'nobody' ? undefined : sessionOf(servers, language, user) })
      opened.push(context)
      const page = await context.newPage()
      follow(page, watch)
      return page
    })
    for (const context of opened) await context.close()
  },
})

export { expect }

/** What the API answers, where it may take a while as a job. */
export async function asked<T>(request: APIRequestContext, path: string, params: Record<string, string> = {}): Promise<T> {
  const answer = await request.get(`/api/v1/${path}`, { params: path.startsWith('register/') || path === 'session' ? withoutLanguage(params) : params, timeout: 120_000 })
  expect(answer.status(), `${path} ${await answer.text().then((text) => text.slice(0, 300))}`).toBeLessThan(300)
  return (await answer.json()) as T
}

function withoutLanguage({ lang: _, ...params }: Record<string, string>) {
  return params
}

export interface Answer {
  command: string
  lake: { version: number } | null
  columns: { name: string; type: string }[]
  rows: Record<string, string | number | boolean | null>[]
  notes: string[]
}

/** Waits until nothing is fetched or drawn any more. */
export async function settled(page: Page) {
  await expect(page.locator('main h1').first()).toBeVisible()
  // What has come may be followed by what depends on it.
  for (let time = 0; time < 2; time++) {
    await expect(page.locator('.skeleton, [aria-busy="true"]')).toHaveCount(0, { timeout: 60_000 })
    await page.waitForTimeout(100)
  }
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined))))
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What depends on colours, and what on the room there is. */
const COLOURS = ['color-contrast']
const ROOM = ['button-name', 'link-name', 'label', 'select-name', 'target-size', 'scrollable-region-focusable', 'aria-hidden-focus']

/** Nothing that keeps anybody out; in the dark and on a telephone only what is different there. */
export async function accessible(page: Page, what: string, look: 'all' | 'colours' | 'room' = 'all') {
  const axe = new AxeBuilder({ page })
  if (look === 'all') axe.withTags(RULES)
  else axe.withRules(look === 'colours' ? COLOURS : ROOM)
  const { violations } = await axe.analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = serious.map(({ id, help, nodes }) => `${what}: ${id} (${help}): ${nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join('; ')}`)
  expect.soft(told, `axe on ${what}`).toEqual([])
}
