/** Writing: two at a time, in private, over a reload, and checked while one types. */
import { Desk } from './support/desk'
import { panel } from './support/figures'
import { expect, settled, test } from './support/test'

test.describe('desk officer', () => {
  test.use({ as: 'hong' })

  test('two write in one record: the second is told, and takes field by field', async ({ page, say, api, language, watch, another }) => {
    watch.expected.push(/^412 PATCH /)
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/desk/new?kind=commitment')
    const name = `Two hands ${language}`
    await desk.both('name', name, `${name} 함께`)
    await desk.text('due', '2027-05-01')
    const id = await desk.save()
    await page.goto(`/desk/records/${id}/edit`)
    const other = await another('smith')
    const theirs = new Desk(other, language, say, [desk.kind('commitment')])
    await other.goto(`/desk/records/${id}/edit`)
    await theirs.text('due', '2027-06-15')
    await theirs.both('next', 'Ask the laboratories', '연구소에 문의')
    await theirs.save()

    // Both changed the day; only this one the text.
    await desk.text('due', '2027-07-31')
    await desk.both('text', 'What hong wrote', '홍이 쓴 글')
    const conflict = page.getByRole('region', { name: say('desk.conflict.title') })
    await expect(async () => {
      if (!(await conflict.isVisible())) await page.getByRole('button', { name: say('desk.form.save'), exact: true }).click({ timeout: 1000 })
      await expect(conflict).toBeVisible({ timeout: 2000 })
    }).toPass()
    await page.screenshot({ path: `test-results/pages/conflict.${language}.1280.light.png`, fullPage: true })
    const due = conflict.getByRole('group', { name: desk.label('commitment', 'due') })
    await expect(due).toContainText(say('desk.conflict.both'))
    await due.getByLabel(say('desk.conflict.stored'), { exact: true }).check()
    await conflict.getByRole('button', { name: say('desk.conflict.merge') }).click()
    await desk.save()
    const stored = await api<{ content: { due: string; text: Record<string, string>; next: Record<string, string> }; version: number }>(`register/records/${id}`)
    expect(stored.content.due).toBe('2027-06-15')
    expect(stored.content.text.en).toBe('What hong wrote')
    expect(stored.content.next.en).toBe('Ask the laboratories')
    expect(stored.version).toBe(3)
  })

  test('a private note of one side is not there for the other: page, search, changes', async ({ page, say, api, language, watch, another }) => {
    watch.expected.push(/^404 GET \/api\/v1\/register\/records\/.*/)
    const desk = await Desk.of(page, language, say, api)
    const secret = `Zwischenton${language}`
    await page.goto('/desk/new?kind=note')
    await desk.both('name', secret, secret)
    await desk.both('text', `${secret} stays here`, `${secret} 여기에만`)
    await page.getByLabel(say('desk.form.private', { party: 'KR' })).check()
    const id = await desk.save()
    await expect(page.getByText(say('desk.private.party', { party: 'KR' }))).toBeVisible()

    const kim = await another('kim')
    await kim.goto(`/desk?q=${secret}`)
    await expect(kim.getByRole('main').getByRole('link', { name: secret, exact: true })).toBeVisible()
    const smith = await another('smith')
    await smith.goto(`/desk?q=${secret}`)
    await expect(smith.getByText(say('desk.search.none'))).toBeVisible()
    await smith.goto(`/desk/records/${id}`)
    await expect(smith.getByRole('alert')).toBeVisible()
    await expect(smith.getByRole('main')).not.toContainText(`${secret} stays`)
    await smith.goto('/desk')
    await settled(smith)
    await expect(panel(smith, say('desk.today.changes'))).not.toContainText(secret)
    const changes = await (await smith.request.get('/api/v1/register/changes?since=2020-01-01&limit=1000')).text()
    expect(changes).not.toContain(secret)
    expect(await (await smith.request.get('/api/v1/register/export?form=json')).text()).not.toContain(secret)
  })

  test('a form keeps its input over a reload, and says what is wrong while one types', async ({ page, say, api, language }) => {
    const desk = await Desk.of(page, language, say, api)
    page.on('dialog', (dialog) => void dialog.accept())
    await page.goto('/desk/new?kind=workshop')
    const name = `Kept ${language}`
    await desk.both('name', name, name)
    await desk.text('date', '2027-13')
    await expect(desk.field('date')).toContainText(say('desk.wrong.period'))
    await desk.text('date', '2027-05-11')
    await expect(desk.field('date')).not.toContainText(say('desk.wrong.period'))
    await expect(page.getByText(say('desk.form.fine'))).toBeVisible()
    await page.reload()
    await expect(desk.field('name').getByLabel(say(language === 'ko' ? 'desk.form.ko' : 'desk.form.en'), { exact: true })).toHaveValue(name)
    await expect(desk.field('date').locator('input')).toHaveValue('2027-05-11')
    await expect(page.getByText(say('desk.form.restoredAbout'))).toBeVisible()
    // It is offered on the desk until it is saved or discarded.
    await page.goto('/desk')
    await page.getByRole('link', { name: new RegExp(name) }).click()
    await page.getByRole('button', { name: say('desk.form.discard'), exact: true }).first().click()
    await expect(desk.field('date').locator('input')).toHaveValue('')
    await page.goto('/desk')
    await expect(page.getByText(say('desk.kept', { n: 1 }))).toHaveCount(0)
  })

  test('links search only what may be linked', async ({ page, say, api, language }) => {
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/desk/new?kind=meeting')
    const dialogue = desk.field('dialogue')
    await dialogue.getByRole('combobox').fill(language === 'ko' ? '과학' : 'science')
    await expect(dialogue.getByRole('option').first()).toBeVisible()
    for (const about of await dialogue.getByRole('option').locator('.about').allInnerTexts()) expect(about).toContain(desk.named('dialogue'))
  })

  test('removed with a reason, and brought back', async ({ page, say, api, language }) => {
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/desk/new?kind=note')
    await desk.both('name', `Short-lived ${language}`, `잠깐 ${language}`)
    await desk.save()
    await page.getByRole('button', { name: say('desk.remove'), exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('entered twice')
    await dialog.getByRole('button', { name: say('desk.remove'), exact: true }).click()
    await expect(page.getByText(say('desk.removed'), { exact: true })).toBeVisible()
    await page.getByRole('button', { name: say('desk.restore'), exact: true }).click()
    await dialog.getByRole('textbox').fill('it was not')
    await dialog.getByRole('button', { name: say('desk.restore'), exact: true }).click()
    await expect(page.getByText(say('desk.removed'), { exact: true })).toHaveCount(0)
    await expect(panel(page, say('desk.history'))).toContainText('entered twice')
  })
})
