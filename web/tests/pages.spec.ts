/** Every page: silent console, no answer that fails, within reach of everyone, nothing wider than a telephone. */
import type { Page } from '@playwright/test'
import { accessible, expect, settled, test } from './support/test'

interface Shown {
  name: string
  address: string
  /** Answers that this page brings about on purpose. */
  expected?: RegExp[]
}

const ANALYSIS: Shown[] = [
  { name: 'overview', address: '/' },
  { name: 'technology-choose', address: '/technology' },
  { name: 'technology', address: '/technology?id=quantum' },
  { name: 'partners', address: '/partners' },
  { name: 'partners-packages', address: '/partners?what=packages' },
  { name: 'partners-workshop', address: '/partners?what=workshop' },
  { name: 'crosswalk', address: '/crosswalk?pair=quantum~quantum' },
  { name: 'organisations', address: '/organisations' },
  { name: 'organisations-search', address: '/organisations?q=핵융합' },
  { name: 'organisation', address: '/organisations?id=01qz5mb56' },
  { name: 'group', address: '/organisations?group=kr-gri' },
  { name: 'awards', address: '/awards?technology=quantum' },
  { name: 'data', address: '/data' },
  { name: 'data-coverage', address: '/data?show=coverage' },
  { name: 'lost', address: '/nowhere' },
]

const DESK: Shown[] = [
  { name: 'desk', address: '/desk' },
  { name: 'desk-search', address: '/desk?q=quantum' },
  { name: 'desk-board', address: '/desk/board' },
  { name: 'desk-timeline', address: '/desk/timeline' },
  { name: 'desk-list', address: '/desk/list' },
  { name: 'desk-balance', address: '/desk/balance' },
  { name: 'desk-files', address: '/desk/files' },
  // What the data at hand do not allow to compare is told as such.
  { name: 'record-results', address: '/desk/records/agreement.2022.kist-llnl?results=1&effect=1', expected: [/^422 GET .*\/results$/] },
  { name: 'record-meeting', address: '/desk/records/meeting.2024-01-22.arpa-e' },
]

const ACCOUNT: Shown[] = [
  { name: 'sign-in', address: '/sign-in' },
  { name: 'welcome', address: '/welcome?code=none' },
  { name: 'admin', address: '/admin' },
]

const WRITING: Shown[] = [
  { name: 'desk-new', address: '/desk/new' },
  { name: 'desk-new-commitment', address: '/desk/new?kind=commitment' },
  { name: 'desk-drafts', address: '/desk/drafts' },
  { name: 'record-edit', address: '/desk/records/meeting.2024-01-22.arpa-e/edit' },
  { name: 'record-call', address: '/desk/records/example.call' },
  { name: 'record-proposal', address: '/desk/records/example.proposal.1' },
  { name: 'desk-files-read', address: '/desk/files' },
]

const ADMIN: Shown[] = [
  { name: 'admin-users', address: '/admin' },
  { name: 'admin-tokens', address: '/admin?what=tokens' },
  { name: 'admin-audit', address: '/admin?what=audit' },
  { name: 'data-upload', address: '/data' },
]

async function fits(page: Page, what: string) {
  const [inner, whole] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth])
  expect.soft(whole, `${what} is wider than the screen`).toBeLessThanOrEqual(inner ?? 0)
}

function each(shown: Shown[], who: string) {
  for (const { name, address, expected = [] } of shown) {
    test(`${who}: ${name}`, async ({ page, watch, language }) => {
      watch.expected.push(...expected)
      const shot = (look: string) => page.screenshot({ path: `test-results/pages/${name}.${language}.${look}.png`, fullPage: true })
      await page.goto(address)
      await settled(page)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await accessible(page, `${name}, light`)
      await shot('1280.light')
      await dark(page)
      await accessible(page, `${name}, dark`, 'colours')
      await shot('1280.dark')
      await page.setViewportSize({ width: 375, height: 720 })
      await settled(page)
      await shot('375.dark')
      await fits(page, name)
      await page.emulateMedia({ colorScheme: 'light' })
      await settled(page)
      await accessible(page, `${name}, 375`, 'room')
      await shot('375.light')
    })
  }
}

async function dark(page: Page) {
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await settled(page)
}

test.describe('demonstration', () => {
  each([...ANALYSIS, ...DESK, ...ACCOUNT], 'demo')
})

test.describe('desk officer', () => {
  test.use({ as: 'kim' })
  each(WRITING, 'signed in')
})

test.describe('administrator', () => {
  test.use({ as: 'administrator-kr' })
  each(ADMIN, 'administrator')
})
