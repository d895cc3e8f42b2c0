/** The scenarios of analysis (S1, S2, S4 to S7, S12), each as a visitor does it; figures are compared with what the command line says. */
import type { Page } from '@playwright/test'
import { dari } from './support/servers'
import { asTable, cells, panel, table, written } from './support/figures'
import { expect, settled, test } from './support/test'

type Row = Record<string, string | number | boolean | null>

test.describe('demonstration', () => {
  let say: (lake: string, language: string, ...args: string[]) => Row[]
  test.beforeAll(() => {
    say = (lake, language, ...args) => JSON.parse(dari('--lake', lake, '--lang', language, ...args, '--format', 'json')) as Row[]
  })

  test('S1: any two frameworks and a date, and the topics that make their entries meet', async ({ page, say: word, place, language }) => {
    const { number } = written(language)
    await page.goto('/')
    await page.getByRole('link', { name: word('nav.crosswalk'), exact: true }).click()
    await page.getByLabel(word('crosswalk.b'), { exact: true }).selectOption('us-cet-2024')
    await page.getByLabel(word('crosswalk.date'), { exact: true }).fill('2024-03-01')
    await expect(page).toHaveURL(/b=us-cet-2024.*date=2024-03-01/)
    await settled(page)
    const known = say(place.lake, language, 'frameworks', 'cross', 'kr-nst-2023', 'us-cet-2024', '--date', '2024-03-01', '--level', 'field')
    const best = known[0]
    expect(known.length).toBeGreaterThan(10)
    const pairs = table(page, word, word('crosswalk.pairs'))
    await page.getByRole('button', { name: word('table.all', { n: known.length }) }).click()
    await expect(pairs.locator('tbody tr')).toHaveCount(known.length)
    expect((await cells(pairs))[0]).toEqual([best?.a_name, best?.b_name, number(Number(best?.similarity)), String(best?.shared_topics)])
    // The band of the pair opens its topics.
    await page.getByRole('button', { name: word('crosswalk.band', { a: String(best?.a_name), b: String(best?.b_name), similarity: number(Number(best?.similarity)) }) }).press('Enter')
    const topics = panel(page, word('crosswalk.meet')).locator('.shared li')
    await expect(topics).toHaveCount(Number(best?.shared_topics) > 10 ? await topics.count() : Number(best?.shared_topics))
    await expect(topics.first()).toContainText(String(best?.topics).split('; ')[0]?.replace(/^T\d+ /, '') ?? '')
  })

  test('S2: funding by technology, agency and year in one currency, with what could not be assigned', async ({ page, say: word, place, language }) => {
    const { count, money } = written(language)
    await page.goto('/awards')
    await asTable(page, word, word('awards.amounts'))
    const amounts = table(page, word, word('awards.amounts'))
    const known = say(place.lake, language, 'awards', '--by', 'technology,agency', '--missing-years', 'nearest')
    await settled(page)
    const shown = await cells(amounts)
    expect(shown.length).toBe(Math.min(known.length, 40))
    const ai = known.find((row) => row.technology_id === 'ai' && row.agency === 'NSF')
    const line = shown.find((row) => row[0] === ai?.technology_name && row[1] === 'NSF')
    expect(line?.slice(2, 4)).toEqual([count(Number(ai?.awards)), money(Number(ai?.amount), 'USD')])
    const left = known.filter((row) => row.technology_id === 'unassigned').reduce((sum, row) => sum + Number(row.awards), 0)
    expect(left).toBeGreaterThan(0)
    await expect(page.getByText(count(left), { exact: false }).filter({ hasText: '$' }).first()).toBeVisible()
    // By year in won.
    await page.getByLabel(word('awards.first'), { exact: true }).selectOption('year')
    await page.getByLabel(word('awards.currency'), { exact: true }).selectOption('KRW')
    await settled(page)
    const years = say(place.lake, language, 'awards', '--by', 'year,agency', '--missing-years', 'nearest', '--currency', 'KRW')
    const year = years.find((row) => String(row.year) === '2018' && row.agency === 'DOE')
    await expect.poll(async () => (await cells(amounts)).find((row) => row[0] === '2018' && row[1] === 'DOE')?.[3]).toBe(money(Number(year?.amount), 'KRW'))
    // The record's KRW 1.8 trillion is among the published budgets.
    const budgets = table(page, word, word('awards.budgets'))
    expect((await cells(budgets)).flat()).toContain(money(1_800_000_000_000, 'KRW'))
  })

  test('S3: add Japan and everything recomputes for three', async ({ page, say: word, place, language }) => {
    const { count, number, country } = written(language)
    await page.goto('/')
    await settled(page)
    const ranking = table(page, word, word('overview.ranking'))
    await page.getByRole('combobox', { name: word('countries.add') }).fill(country('JP'))
    await page.getByRole('option', { name: country('JP') }).first().click()
    await expect(page).toHaveURL(/countries=KR,US,JP/)
    const three = say(place.lake, language, 'opportunities', 'KR', 'US', 'JP')
    await expect.poll(async () => (await cells(ranking)).map((row) => [row[0], row[2]])).toEqual(
      three.filter((row) => row.rank !== null).map((row) => [row.technology_name, number(Number(row.score))]),
    )
    await page.goto('/technology?id=quantum&countries=KR,US,JP')
    const compared = say(place.lake, language, 'compare', 'KR', 'US', 'JP', '--technology', 'quantum')
    const stands = table(page, word, word('technology.profile'))
    expect((await cells(stands)).map((row) => row.slice(0, 2))).toEqual(compared.map((row) => [country(String(row.country)), count(Number(row.works))]))
  })

  test('S4: technologies ranked, why, how sure, and what the rank depends on', async ({ page, say: word, place, language }) => {
    const { number } = written(language)
    const known = say(place.lake, language, 'opportunities', 'KR', 'US')
    await page.goto('/')
    const ranking = table(page, word, word('overview.ranking'))
    await settled(page)
    expect((await cells(ranking)).map((row) => row[0])).toEqual(known.map((row) => row.technology_name))
    const quantum = known.find((row) => row.technology_id === 'quantum')
    await ranking.getByRole('link', { name: String(quantum?.technology_name) }).click()
    const why = panel(page, word('technology.opportunity'))
    await expect(why).toContainText(word('technology.rank', { rank: Number(quantum?.rank), of: known.length }))
    await expect(why).toContainText(word('technology.rankRange', { low: Number(quantum?.rank_low), high: Number(quantum?.rank_high) }))
    for (const part of ['strength', 'complementarity', 'momentum', 'unrealised', 'policy'] as const) {
      await expect(why.locator('dl > div', { hasText: word(`component.${part}`) })).toContainText(number(Number(quantum?.[part])))
    }
    await expect(why.locator('dl > div', { hasText: word('component.investment') })).toContainText(word('technology.notKnown'))
    await why.locator('summary', { hasText: word('technology.drivers') }).click()
    const explained = say(place.lake, language, 'opportunities', 'KR', 'US', '--explain', 'quantum')
    await expect(table(page, word, word('technology.drivers')).locator('tbody tr')).toHaveCount(new Set(explained.map((row) => row.topic)).size)
  })

  test.describe('partners', () => {
    // The first question learns a model from the works.
    test.describe.configure({ timeout: 180_000, mode: 'default' })

    test('S5: institutes and laboratories ranked in a technology, with the evidence behind each pair', async ({ page, say: word, place, language }) => {
      const { percent } = written(language)
      await page.goto('/partners')
      const groups = say(place.lake, language, 'groups', 'list')
      const named = (id: string) => String(groups.find((row) => row.id === id)?.name)
      await chooseSide(page, word('partners.between'), named('kr-gri'))
      await chooseSide(page, word('partners.and'), named('us-doe-labs'))
      await expect(page).toHaveURL(/between=group:kr-gri&and=group:us-doe-labs/)
      await page.getByLabel(word('overview.technology'), { exact: true }).selectOption('ai')
      await page.getByRole('button', { name: word('partners.find') }).click()
      await answered(page)
      const known = say(place.lake, language, 'partners', 'suggest', '--between', 'group:kr-gri', '--and', 'group:us-doe-labs', '--technology', 'ai', '--who', 'organisations', '--pairs', '40')
      const pairs = page.locator('ol.pairs > li')
      await expect(pairs).toHaveCount(known.length)
      const [best, first] = [known[0], pairs.first()]
      await expect(first.getByRole('heading')).toContainText(String(best?.a))
      await expect(first.getByRole('heading')).toContainText(String(best?.b))
      await expect(first).toContainText(word('partners.chance', { chance: percent(Number(best?.chance)) }))
      await first.locator('summary', { hasText: word('partners.why') }).click()
      await expect(first).toContainText(String(best?.reasons).split('; ')[0] ?? '')
      // Only what is looked for.
      await page.getByLabel(word('partners.filter')).fill(String(best?.b))
      await expect(pairs).toHaveCount(known.filter((row) => [row.a, row.b, row.topics_of_both].some((text) => String(text).includes(String(best?.b)))).length)
    })

    test('S6: institutes against the quantum research centres, and an invitation list from both sides', async ({ page, say: word, place, language }) => {
      const { country } = written(language)
      await page.goto('/partners?between=group:kr-gri&and=group:us-nqisrc&technology=quantum')
      await page.getByRole('button', { name: word('partners.find') }).click()
      await answered(page)
      const known = say(place.lake, language, 'partners', 'suggest', '--between', 'group:kr-gri', '--and', 'group:us-nqisrc', '--technology', 'quantum', '--who', 'organisations', '--pairs', '40')
      await expect(page.locator('ol.pairs > li')).toHaveCount(known.length)
      await expect(page.locator('ol.pairs > li').first()).toContainText(String(known[0]?.a))
      await page.getByRole('tab', { name: word('partners.workshop') }).click()
      const groups = say(place.lake, language, 'groups', 'list')
      await chooseSide(page, word('partners.and'), String(groups.find((row) => row.id === 'us-doe-labs')?.name))
      await page.getByLabel(word('overview.technology'), { exact: true }).selectOption('')
      await page.getByLabel(word('partners.places'), { exact: true }).fill('10')
      await page.getByLabel(word('partners.places'), { exact: true }).blur()
      await page.getByRole('button', { name: word('partners.invite') }).click()
      await answered(page)
      const listed = say(place.lake, language, 'partners', 'workshop', '--between', 'group:kr-gri', '--and', 'group:us-doe-labs', '--places', '10')
      const invited = await cells(table(page, word, word('partners.invited')))
      expect(invited.map((row) => row.slice(0, 2))).toEqual(listed.map((row) => [row.name, country(String(row.country))]))
      expect(new Set(listed.map((row) => row.side)).size).toBe(2)
    })

    test('S7: who fits each work package of the collider, and what is covered', async ({ page, say: word, place, language }) => {
      const { number, country } = written(language)
      await page.goto('/partners?what=packages')
      await chooseSide(page, word('partners.of'), country('US'), 'US')
      await expect(page).toHaveURL(/of=US/)
      await page.getByRole('button', { name: word('partners.find') }).click()
      await answered(page)
      const known = say(place.lake, language, 'partners', 'packages', 'eic-2021', '--of', 'US', '--in', 'group:eic', '--best', '3', '--who', 'organisations')
      const best = table(page, word, word('partners.packagesTitle'))
      await expect(best.locator('tbody tr')).toHaveCount(Math.min(known.length, 100))
      const shown = await cells(best)
      expect(shown[0]?.slice(0, 4)).toEqual([known[0]?.package, String(known[0]?.rank), known[0]?.name, number(Number(known[0]?.fit))])
      await page.getByText(word('partners.coverage'), { exact: true }).click()
      await answered(page)
      const covered = say(place.lake, language, 'partners', 'packages', 'eic-2021', '--of', 'US', '--in', 'group:eic', '--coverage', '--who', 'organisations')
      await expect(best.locator('tbody tr')).toHaveCount(covered.length)
    })
  })

  test('S12: like-minded countries as a set', async ({ page, say: word, place, language }) => {
    const { country } = written(language)
    await page.goto('/organisations')
    const groups = say(place.lake, language, 'groups', 'list')
    const trilateral = groups.find((row) => row.id === 'kr-us-jp')
    await table(page, word, word('organisations.groups')).getByRole('link', { name: String(trilateral?.name), exact: true }).click()
    const members = table(page, word, String(trilateral?.name))
    expect((await cells(members)).map((row) => row[0])).toEqual(['KR', 'US', 'JP'].map(country))
    // The projects that the two agencies fund together are in the register.
    await page.goto('/desk/list?kind=project')
    const projects = await (await page.request.get('/api/v1/register/records?kind=project')).json()
    await expect(table(page, word, await page.locator('h1').innerText()).locator('tbody tr')).toHaveCount(projects.records.length)
  })
})

async function chooseSide(page: Page, label: string, name: string, typed = name) {
  await page.getByRole('button', { name: new RegExp(`^${label}:`) }).click()
  const combo = page.getByRole('combobox', { name: label, exact: true })
  await combo.fill(typed)
  await page.getByRole('option').filter({ hasText: name }).first().click()
  await expect(combo).toBeHidden()
}

/** A long question has come back. */
async function answered(page: Page) {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 150_000 })
}
