/** Giving a proposal to reviewers without conflicts of interest (S8). */
import { Desk } from './support/desk'
import { panel, table } from './support/figures'
import { expect, settled, test } from './support/test'

test.describe('programme manager', () => {
  test.use({ as: 'kim' })

  test('S8: conflicts of interest are checked, and only those who have none get the proposal', async ({ page, say, api, language, watch, another }) => {
    watch.expected.push(/^422 POST .*\/reviewers$/)
    // A team of KFE and Livermore.
    const address = '/desk/records/example.proposal.2'
    const desk = await Desk.of(page, language, say, api)
    await page.goto(address)
    const shown = panel(page, say('desk.giveOut.title'))
    const row = (number: number) => shown.getByRole('group', { name: `${say('desk.giveOut.reviewer')} ${number}`, exact: true })
    const choose = async (number: number, user: string, organisation: string, title: string) => {
      await row(number).locator('select').selectOption(user)
      await row(number).getByRole('combobox', { name: desk.named('organisation'), exact: true }).fill(organisation)
      await row(number).getByRole('option', { name: title }).first().click()
      await expect(row(number).locator('.chip', { hasText: title })).toBeVisible()
    }
    await choose(1, 'park', 'KFE', language === 'ko' ? '한국핵융합에너지연구원' : 'Korea Institute of Fusion Energy')
    await shown.getByRole('button', { name: say('desk.form.addRow', { what: say('desk.giveOut.reviewer') }), exact: true }).click()
    // Who was chosen is not offered once more.
    await expect(row(2).locator('select option[value="park"]')).toHaveCount(0)
    await choose(2, 'garcia', 'ORNL', language === 'ko' ? '오크리지 국립연구소' : 'Oak Ridge National Laboratory')

    await shown.getByRole('button', { name: say('desk.giveOut.check'), exact: true }).click()
    const conflicts = table(page, say, say('desk.giveOut.caption'))
    const line = (user: string) => conflicts.locator('tbody tr').filter({ has: page.getByRole('rowheader', { name: user, exact: true }) })
    const told = (user: string, what: Parameters<typeof say>[0]) => expect(line(user).locator('.tag')).toHaveText(say(what))
    await told('park', 'desk.giveOut.notFree')
    await expect(line('park')).toContainText('org.kfe')
    await told('garcia', 'desk.giveOut.free')
    await expect(shown).toContainText(say('desk.giveOut.toldFree', { n: 1, of: 2 }))
    await expect(panel(page, say('desk.reviews')).getByRole('link')).toHaveCount(0)

    await shown.getByLabel(say('desk.giveOut.due'), { exact: true }).fill('2027-07-01')
    await shown.getByRole('button', { name: say('desk.giveOut.do'), exact: true }).click()
    await expect(shown).toContainText(say('desk.giveOut.toldGiven', { n: 1, of: 2 }))
    await told('garcia', 'desk.giveOut.got')
    await told('park', 'desk.giveOut.gotNot')
    await expect(panel(page, say('desk.reviews')).getByRole('link')).toHaveCount(1)

    // Who did not get it is still chosen, also after a reload; alone nobody is free.
    await page.reload()
    await settled(page)
    await expect(row(1).locator('select')).toHaveValue('park')
    await shown.getByRole('button', { name: say('desk.giveOut.do'), exact: true }).click()
    await expect(shown).toContainText(say('desk.giveOut.notGiven'))
    await expect(line('park')).toContainText('org.kfe')
    await expect(row(1).locator('select')).toHaveValue('park')

    const garcia = await another('garcia')
    await garcia.goto('/desk')
    await expect(panel(garcia, say('desk.today.reviews')).getByRole('link')).toHaveCount(1)
    const hong = await another('hong')
    await hong.goto(address)
    await settled(hong)
    await expect(panel(hong, say('desk.giveOut.title'))).toHaveCount(0)
  })
})
