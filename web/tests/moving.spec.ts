/** Getting about: another language in the same place, addresses that reopen what one sees, and the keyboard alone. */
import type { Page } from '@playwright/test'
import { cells, panel, table, written } from './support/figures'
import { expect, settled, test } from './support/test'
import { wordsOf } from './support/words'

const PLACES = [
  '/technology?id=quantum&countries=KR,US,JP',
  '/crosswalk?b=us-cet-2024&level=technology&sort.pairs=shared_topics',
  '/awards?by=year,agency&currency=KRW&view.awards=table',
  '/desk/list?kind=meeting&sort.meeting=title',
  '/data?show=versions',
]

test.describe('demonstration', () => {
  test('another language keeps the place, and the address reopens it', async ({ page, language, another, place }) => {
    const other = language === 'ko' ? 'en' : 'ko'
    const [here, there] = [wordsOf(language), wordsOf(other)]
    for (const address of PLACES) {
      await page.goto(address)
      await settled(page)
      await expect(page.getByRole('navigation', { name: here('nav.label') })).toBeVisible()
      await page.getByRole('button', { name: other === 'ko' ? '한국어' : 'English', exact: true }).click()
      await expect(page.locator('html')).toHaveAttribute('lang', other)
      await settled(page)
      expect(page.url()).toBe(place.url + address)
      await expect(page.getByRole('navigation', { name: there('nav.label') })).toBeVisible()
      // Jobs of others go on meanwhile.
      const main = page.getByRole('main')
      const shown = address.startsWith('/data') ? main.getByRole('table').first() : main
      const seen = await shown.innerText()
      await page.reload()
      await settled(page)
      expect(await shown.innerText()).toBe(seen)
      await page.getByRole('button', { name: language === 'ko' ? '한국어' : 'English', exact: true }).click()
      await expect(page.locator('html')).toHaveAttribute('lang', language)
    }
    // Somebody else opens the same address in the other language by its link.
    const colleague = await another('nobody')
    await colleague.goto(`${PLACES[2]}&lang=${other}`)
    await settled(colleague)
    await expect(colleague.locator('html')).toHaveAttribute('lang', other)
    await expect(table(colleague, there, there('awards.amounts'))).toBeVisible()
  })

  test('back and forth through what was chosen', async ({ page, say, language }) => {
    const { country } = written(language)
    await page.goto('/')
    await settled(page)
    const first = await cells(table(page, say, say('overview.ranking')))
    await page.getByRole('combobox', { name: say('countries.add') }).fill(country('DE'))
    await page.getByRole('option', { name: country('DE') }).first().click()
    await expect(page).toHaveURL(/countries=KR,US,DE/)
    await page.getByRole('button', { name: say('countries.remove', { country: country('KR') }) }).click()
    await expect(page).toHaveURL(/countries=US,DE/)
    await page.goBack()
    await expect(page.getByRole('button', { name: say('countries.remove', { country: country('KR') }) })).toBeVisible()
    await page.goBack()
    await settled(page)
    await expect.poll(() => cells(table(page, say, say('overview.ranking')))).toEqual(first)
  })

  test('by keyboard: past the navigation, through it, countries, and how a figure was made', async ({ page, say, language }) => {
    const { country } = written(language)
    await page.goto('/')
    await settled(page)
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: say('skip') })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('main')).toBeFocused()
    await tabTo(page, () => page.getByRole('combobox', { name: say('countries.add') }))
    await page.keyboard.type(country('JP'))
    await expect(page.getByRole('option', { name: country('JP') }).first()).toBeVisible()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/countries=KR,US,JP/)
    await settled(page)
    const how = panel(page, say('overview.ranking')).locator('.how')
    await tabTo(page, () => how.locator('summary'))
    await page.keyboard.press('Enter')
    await expect(how).toHaveAttribute('open', '')
    await expect(how).toContainText('dari opportunities')
    // Back to the top, and on to another page, whose title is what is heard first.
    await page.locator('body').press('Control+Home')
    await tabTo(page, () => page.getByRole('link', { name: say('nav.crosswalk'), exact: true }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: say('crosswalk.title') })).toBeFocused()
  })
})

test.describe('desk officer', () => {
  test.use({ as: 'hong' })

  test('by keyboard: a commitment moves on the board', async ({ page, say, api, language }) => {
    const kinds = (await api<{ kinds: { name: string; states: { name: string; label: Record<string, string> }[] }[] }>('register/kinds')).kinds
    const state = (name: string) => kinds.find((kind) => kind.name === 'commitment')?.states.find((one) => one.name === name)?.label[language] ?? ''
    await page.goto('/desk/board')
    await settled(page)
    const card = page.locator('#card-commitment\\.2026\\.working-group')
    const move = page.getByRole('listitem').filter({ has: card }).getByRole('button')
    await tabTo(page, () => move)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await tabTo(page, () => dialog.getByRole('radio').first())
    await page.keyboard.press('Space')
    await tabTo(page, () => dialog.getByRole('button', { name: say('desk.moveOn'), exact: true }))
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('region', { name: new RegExp(`^${state('started')}`) }).locator(card)).toBeFocused()
    expect((await api<{ state: string }>('register/records/commitment.2026.working-group')).state).toBe('started')
  })
})

/** Presses Tab until something has the focus: what is never reached fails. */
async function tabTo(page: Page, to: () => ReturnType<Page['locator']>, key = 'Tab') {
  const target = to()
  await expect(target).toBeVisible()
  for (let presses = 0; presses < 120; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  await expect(target, 'never reached by Tab').toBeFocused()
}
