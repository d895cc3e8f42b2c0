/** From an invite list of both sides to a workshop of the register (S6, S10). */
import { Desk } from './support/desk'
import { dari } from './support/servers'
import { cells, panel, table } from './support/figures'
import { expect, settled, test } from './support/test'

interface Invitation {
  name: string
  side: string
  organisation?: string
}

test.describe('desk officer', () => {
  test.use({ as: 'hong' })
  // The first question learns a model from the works.
  test.setTimeout(180_000)

  test('S10: an invite list becomes a workshop, from which it is read again', async ({ page, say, api, place, language }) => {
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/partners?what=workshop&between=group:kr-gri&and=group:us-doe-labs&places=10&ask=1')
    const invited = table(page, say, say('partners.invited'))
    await expect(invited).toBeVisible({ timeout: 150_000 })
    const shown = await cells(invited)
    const listed = JSON.parse(dari('--lake', place.lake, '--lang', language, 'partners', 'workshop', '--between', 'group:kr-gri', '--and', 'group:us-doe-labs', '--places', '10', '--format', 'json')) as Record<string, string>[]
    expect(shown.map((row) => row[0])).toEqual(listed.map((row) => row.name))
    await page.getByRole('button', { name: say('partners.draftWorkshop'), exact: true }).click()
    await expect(page).toHaveURL(/\/desk\/new\?kind=workshop/)
    const name = `S10 ${language} invited`
    await desk.both('name', name, `${name} 초청`)
    await desk.text('date', '2027-06-08')
    await expect(desk.field('invitations').getByRole('listitem')).toHaveCount(listed.length)
    const id = await desk.save()
    await settled(page)
    for (const { name = '' } of listed) await expect(panel(page, say('desk.content'))).toContainText(name)
    const { invitations } = (await api<{ content: { invitations: Invitation[] } }>(`register/records/${id}`)).content
    expect(invitations.map((one) => one.side)).toEqual(listed.map((row) => row.country))
    // Organisations that the register has are linked; others stand behind the name.
    for (const [place, one] of invitations.entries()) {
      const { name, organisations } = listed[place] ?? {}
      expect(one.name).toBe(one.organisation || !organisations ? name : `${name} (${organisations})`)
    }
    expect(invitations.some((one) => one.organisation?.startsWith('org.'))).toBe(true)
  })
})
