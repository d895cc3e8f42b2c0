/** What followed a record (S13): works and awards that are found, what a person says of them, and the comparison before and after. */
import { Desk, told } from './support/desk'
import { cells, panel, table, written } from './support/figures'
import { expect, settled, test, type Answer } from './support/test'

test.describe('desk officer', () => {
  test.use({ as: 'hong' })

  test('S13: results are found and decided on, one by one and together; the comparison says what it is', async ({ page, say, api, place, language }) => {
    // The shipped data hold joint works of the two from 2010 to 2017.
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/desk/new?kind=organisation')
    await desk.both('name', 'University of Pennsylvania', '펜실베이니아대학교')
    await desk.choose('side', 'US')
    await desk.text('ror', '00b30xv10')
    await desk.save()
    await page.goto('/desk/new?kind=agreement')
    await desk.both('name', `S13 ${language} memorandum`, `S13 ${language} 양해각서`)
    await desk.choose('level', 'memorandum')
    await desk.text('signed', '2014-01-15')
    await desk.link('organisations', 'SNU', language === 'ko' ? '서울대학교' : 'Seoul National University')
    await desk.link('organisations', 'Pennsylvania', language === 'ko' ? '펜실베이니아대학교' : 'University of Pennsylvania')
    const id = await desk.save()

    // Nothing is looked for before it is asked for.
    const found = panel(page, say('desk.results.title'))
    await expect(found).toContainText(say('desk.results.notYet'))
    await found.getByRole('button', { name: say('desk.results.look'), exact: true }).click()
    await expect(page).toHaveURL(/results=1/)
    await settled(page)
    const known = told(place, language, 'results', id)
    expect(known.length).toBeGreaterThan(2)
    const list = table(page, say, say('desk.results.title'))
    expect((await cells(list)).map((row) => row[4])).toEqual(known.map((row) => row.reference))
    await expect(found).toContainText(language === 'ko' ? `2014-01-15부터 ${known.length}건 찾음` : `${known.length} found since 2014-01-15`)

    const [first = '', second = '', third = ''] = known.map((row) => String(row.reference))
    const row = (reference: string) => list.locator('tbody tr').filter({ has: page.getByRole('cell', { name: reference, exact: true }) })
    const verdict = (reference: string, state: string) => expect(row(reference).locator('.tag')).toHaveText(desk.state('result', state))
    await row(first).getByRole('button', { name: new RegExp(`^${say('desk.results.accept')}`) }).click()
    await verdict(first, 'accepted')
    for (const reference of [second, third]) await row(reference).getByRole('checkbox').check()
    await found.getByRole('group', { name: say('desk.results.decide') }).getByRole('button', { name: say('desk.results.refuse'), exact: true }).click()
    await verdict(second, 'refused')
    await verdict(third, 'refused')
    const decided = new Map(told(place, language, 'results', id).map((row) => [row.reference, row.decided]))
    expect([first, second, third].map((reference) => decided.get(reference))).toEqual(['accepted', 'refused', 'refused'])
    await expect(panel(page, say('desk.lineage')).getByRole('link')).toHaveCount(3)
    // The address shows it again, and the list can be taken along.
    await page.reload()
    await settled(page)
    await verdict(first, 'accepted')
    const csv = await found.getByRole('link', { name: 'CSV', exact: true }).getAttribute('href')
    expect(await (await page.request.get(csv ?? '')).text()).toMatch(/^\uFEFF?reference,type,date,decided,organisations,title/)

    const { number } = written(language)
    const answer = await api<Answer>(`register/records/${id}/results?effect=true&lang=${language}`)
    const compared = panel(page, say('desk.effect.title'))
    await compared.getByRole('button', { name: say('desk.effect.look'), exact: true }).click()
    await expect(page).toHaveURL(/effect=1/)
    await settled(page)
    await expect(compared.getByRole('img')).toBeVisible()
    await expect(compared).toContainText(say('desk.effect.notCause'))
    for (const note of answer.notes) await expect(compared).toContainText(note)
    const years = table(page, say, say('desk.effect.title'))
    await expect(years.locator('tbody tr')).toHaveCount(Math.min(40, answer.rows.length))
    const last = answer.rows.at(-1)
    expect((await cells(years))[0]?.slice(0, 4)).toEqual([String(last?.year), say('bool.true'), number(Number(last?.observed)), number(Number(last?.expected))])
  })

  test('where what there is allows no answer, that is told calmly', async ({ page, say, watch }) => {
    watch.expected.push(/^422 GET .*\/results$/)
    await page.goto('/desk/records/agreement.1976?results=1&effect=1')
    await settled(page)
    for (const title of ['desk.results.title', 'desk.effect.title'] as const) {
      const shown = panel(page, say(title))
      await expect(shown).toContainText(say('problem.422'))
      await expect(shown).toContainText('agreement.1976')
      await expect(shown.getByRole('alert')).toHaveCount(0)
    }
  })
})

test.describe('auditor', () => {
  test.use({ as: 'yoon' })

  test('who only reads sees what followed and decides nothing', async ({ page, say }) => {
    await page.goto('/desk/records/agreement.2022.kist-llnl?results=1')
    await settled(page)
    const found = panel(page, say('desk.results.title'))
    await expect(found.getByRole('button', { name: say('desk.results.again'), exact: true })).toBeVisible()
    await expect(found.getByRole('checkbox')).toHaveCount(0)
  })
})
