/** The scenarios of the register (S3, S8 to S11, S13), by the people who sit at the desk. */
import type { Page } from '@playwright/test'
import { dari } from './support/servers'
import { Desk, told, type Line, type Row } from './support/desk'
import { cells, panel, table, written } from './support/figures'
import { expect, settled, test } from './support/test'

const recordAt = (id: string) => `/desk/records/${id}`

test.describe('desk officer', () => {
  test.use({ as: 'hong' })

  test('S3: a dialogue with its meetings in order, who took part, what was said and what is still open', async ({ page, say, api, place, language }) => {
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/desk')
    await page.getByRole('navigation', { name: say('desk.title') }).getByRole('link', { name: say('desk.nav.list'), exact: true }).click()
    await page.getByRole('navigation', { name: say('desk.kinds') }).getByRole('link', { name: desk.named('dialogue'), exact: true }).click()
    const dialogues = (await api<{ records: Line[] }>('register/records', { kind: 'dialogue' })).records
    const science = dialogues.find(({ id }) => id === 'dialogue.kr-us-science')
    await page.getByRole('link', { name: science?.title[language], exact: true }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(science?.title[language] ?? '')
    const chain = told(place, language, 'chain', 'dialogue.kr-us-science').filter((row) => row.kind === 'meeting' && row.step === 1)
    expect(chain.length).toBeGreaterThan(5)
    const line = panel(page, say('desk.lineage'))
    for (const row of chain) await expect(line.getByRole('link', { name: String(row.title), exact: true }).first()).toBeVisible()
    // In the order of their days.
    await page.goto('/desk/list?kind=meeting')
    const days = (await cells(table(page, say, desk.named('meeting')))).length
    expect(days).toBe((await api<{ records: Line[] }>('register/records', { kind: 'meeting', limit: '1000' })).records.length)
    await page.goto(recordAt('meeting.2024-01-22.arpa-e'))
    await expect(panel(page, say('desk.content'))).toContainText(language === 'ko' ? '조성경' : 'Cho Seong-kyung')
    const said = panel(page, say('desk.statements'))
    await expect(said.getByRole('link')).toHaveCount(2)
    await expect(said).toContainText(desk.state('statement', 'agreed'))
    // Everything through this dialogue that is open, on the timeline and the desk.
    // Others write meanwhile, so that the two may be looked at more than once.
    await expect(async () => {
      await page.goto('/desk')
      await page.getByText(say('desk.today.open', { n: told(place, language, 'open').length })).click({ timeout: 3000 })
    }).toPass()
    await expect(panel(page, say('desk.today.meeting')).locator('tbody tr').first()).toBeVisible()
  })

  test('S9: agreements with their hierarchy, renewal and what was done under each', async ({ page, say, api, place, language }) => {
    const { day } = written(language)
    const desk = await Desk.of(page, language, say, api)
    const [renewal] = told(place, language, 'renewals')
    await page.goto('/desk')
    const renewals = panel(page, say('desk.today.renewals'))
    await expect(renewals).toContainText(day(String(renewal?.until)))
    await expect(renewals).toContainText(say('desk.today.noticeBy', { day: day(String(renewal?.notice_by)) }))
    await renewals.getByRole('link', { name: String(renewal?.title) }).click()
    await expect(page.getByText(say('desk.term.left', { day: day(String(renewal?.until)), n: Number(renewal?.days_left) }))).toBeVisible()
    await page.goto(recordAt('agreement.1992.umbrella'))
    const under = told(place, language, 'chain', 'agreement.1992.umbrella').filter((row) => row.kind === 'agreement' && row.step === 1)
    const line = panel(page, say('desk.lineage'))
    for (const row of under) await expect(line.getByRole('link', { name: String(row.title), exact: true }).first()).toBeVisible()
    // An arrangement under it is added where one reads it.
    await page.getByRole('group', { name: say('desk.follow') }).getByRole('link', { name: desk.named('agreement') }).click()
    await expect(desk.field('under').locator('.chip')).not.toHaveText('')
    const name = `S9 ${language} arrangement`
    await desk.both('name', name, `${name} 약정`)
    await desk.choose('level', 'implementing-arrangement')
    await desk.text('until', '2030-06-30')
    await desk.text('notice_months', '6')
    const id = await desk.save()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
    expect(told(place, language, 'chain', 'agreement.1992.umbrella').map((row) => row.id)).toContain(id)
    await desk.move('agreement', 'signed')
    await expect(page.getByText(say('desk.term.notice', { day: day('2029-12-31'), n: 6 }).slice(0, 8)).first()).toBeVisible()
  })

  test('S10: a workshop from commitment to outcome', async ({ page, say, api, place, language, request }) => {
    const desk = await Desk.of(page, language, say, api)
    await page.goto(recordAt('commitment.2024.workshop'))
    await page.getByRole('group', { name: say('desk.follow') }).getByRole('link', { name: desk.named('workshop') }).click()
    const name = `S10 ${language} workshop`
    await desk.both('name', name, `${name} 워크숍`)
    await desk.both('purpose', 'Common projects in batteries', '배터리 공동 과제')
    await desk.text('date', '2027-05-11/2027-05-12')
    await desk.both('place', 'Daejeon', '대전')
    await desk.row('workshop', 'programme')
    await desk.both('programme.0.text', 'Solid electrolytes', '고체 전해질')
    await desk.row('workshop', 'invitations')
    await desk.text('invitations.0.name', 'Lee Seo-yeon')
    await desk.choose('invitations.0.side', 'KR')
    await desk.row('workshop', 'invitations')
    await desk.text('invitations.1.name', 'Grace Hopper')
    await desk.choose('invitations.1.side', 'US')
    const id = await desk.save()
    await expect(panel(page, say('desk.content'))).toContainText('Grace Hopper')
    const calendar = await (await request.get(`/api/v1/register/calendar.ics?lang=${language}`)).text()
    expect(calendar).toContain(name)
    expect(calendar).toContain('20270511')
    expect(told(place, language, 'chain', 'commitment.2024.workshop').map((row) => row.id)).toContain(id)
    // It was held, with something to follow up.
    await page.getByRole('link', { name: say('desk.edit'), exact: true }).click()
    await desk.row('workshop', 'follow_ups')
    await desk.both('follow_ups.0.text', 'Send the list of teams', '팀 명단 송부')
    await desk.text('follow_ups.0.due', '2027-06-30')
    await desk.save()
    await desk.move('workshop', 'announced')
    await expect(panel(page, say('desk.history')).locator('li, article').first()).toBeVisible()
    await page.getByRole('group', { name: say('desk.follow') }).getByRole('link', { name: desk.named('commitment') }).click()
    await desk.both('name', `S10 ${language} follow-up`, `S10 ${language} 후속 조치`)
    await desk.text('due', '2027-06-30')
    const followUp = await desk.save()
    expect(told(place, language, 'chain', id).map((row) => row.id)).toContain(followUp)
  })

  test('S11: places of exchange, host and guest who fit, and the balance', async ({ page, say, api, place, language }) => {
    const { count, country } = written(language)
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/desk/balance')
    const balance = told(place, language, 'balance').filter((row) => row.what === 'exchange')
    const people = panel(page, say('desk.balance')).getByRole('table').first()
    const rows = await cells(people)
    expect(rows.map((row) => [row[0], row[1], row[3]])).toEqual(
      balance.map((row) => [say('desk.fromTo', { from: country(String(row.from)), to: country(String(row.to)) }), desk.state('exchange', String(row.state)), count(Number(row.person_days))]),
    )
    // A place is offered, and a guest who can come then.
    const [match] = told(place, language, 'match')
    await page.goto(recordAt(String(match?.host)))
    const fits = panel(page, say('desk.matches'))
    const guest = (await api<{ title: Record<string, string> }>(`register/records/${match?.guest}`)).title[language] ?? ''
    await expect(fits.getByRole('link', { name: guest, exact: true })).toBeVisible()
    await expect(fits).toContainText(say('desk.commonDays', { n: Number(match?.days) }))
    await page.goto('/desk/new?kind=exchange')
    await desk.both('name', `S11 ${language} stay`, `S11 ${language} 체류`)
    await desk.choose('home', 'US')
    await desk.choose('host_side', 'KR')
    await desk.text('period', '2027-02-01/2027-02-28')
    const id = await desk.save()
    await page.goto('/desk/balance')
    await expect(people).toContainText(say('desk.fromTo', { from: country('US'), to: country('KR') }))
    const after = told(place, language, 'balance').filter((row) => row.what === 'exchange' && row.from === 'US' && row.state === 'offered')
    const before = balance.find((row) => row.from === 'US' && row.state === 'offered')
    expect(Number(after[0]?.person_days) - Number(before?.person_days)).toBe(28)
    await expect.poll(async () => (await cells(people)).map((row) => row[3])).toContain(count(Number(after[0]?.person_days)))
    expect(id).toContain('s11')
  })

  test('S13: what followed from what was said, to its results', async ({ page, say, api, place, language }) => {
    const desk = await Desk.of(page, language, say, api)
    await page.goto(recordAt('statement.2023.semiconductors'))
    const chain = told(place, language, 'chain', 'statement.2023.semiconductors')
    const line = panel(page, say('desk.lineage'))
    for (const row of chain.filter((row) => Math.abs(Number(row.step)) === 1)) await expect(line.getByRole('link', { name: String(row.title), exact: true }).first()).toBeVisible()
    const further = line.locator('summary')
    for (let place = 0; place < (await further.count()); place++) await further.nth(place).click()
    const result = chain.find((row) => row.kind === 'result')
    await line.getByRole('link', { name: String(result?.title), exact: true }).first().click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(String(result?.title))
    // Back from the result to what was said first.
    const back = told(place, language, 'chain', String(result?.id)).filter((row) => Number(row.step) === -1)
    await expect(panel(page, say('desk.lineage')).getByRole('link', { name: String(back[0]?.title), exact: true }).first()).toBeVisible()
    await page.goto(`/desk/timeline?of=statement.2023.semiconductors`)
    await settled(page)
    await expect(page.locator('main')).toContainText(String(result?.title))
    await expect(page.locator('main')).toContainText(desk.named('result'))
  })

  test('a press release becomes records, each with one\'s yes', async ({ page, say, language }) => {
    const text =
      language === 'ko'
        ? '과학기술정보통신부는 2027년 3월 3일 서울에서 미국 에너지부와 회의를 열었다. 양측은 2027년 안에 양자 분야 공동 워크숍을 개최하기로 합의했다. 한국은 KSTAR 공동실험을 제안했다.'
        : 'On March 3, 2027, the Ministry of Science and ICT met the Department of Energy in Seoul. Both sides agreed to hold a joint workshop on quantum within 2027. Korea proposed joint experiments on KSTAR.'
    await page.goto('/desk/drafts')
    await page.getByLabel(say('desk.drafts.text'), { exact: true }).fill(text)
    // It becomes the source of all that is stored.
    await page.getByLabel(say('desk.drafts.title')).fill('Press release of the test')
    await page.getByLabel(say('desk.drafts.published'), { exact: true }).fill('2027-03-04')
    await page.getByRole('button', { name: say('desk.drafts.find') }).click()
    const drafts = page.getByRole('article')
    await expect(drafts.first()).toBeVisible()
    const many = await drafts.count()
    // Nothing is stored before one says so, and the proposals are still there after a look elsewhere.
    await page.reload()
    await expect(drafts).toHaveCount(many)
    await drafts.last().getByRole('button', { name: say('desk.drafts.edit') }).click()
    await drafts.last().getByRole('button', { name: say('desk.form.save'), exact: true }).click()
    await expect(drafts.last()).toContainText(say('desk.drafts.accepted'))
    await drafts.first().getByRole('button', { name: say('desk.drafts.leave'), exact: true }).click()
    await expect(page.getByText(say('desk.drafts.count', { n: many, decided: Math.min(2, many) }))).toBeVisible()
    await drafts.last().getByRole('link', { name: say('desk.drafts.show') }).click()
    await expect(panel(page, say('desk.content'))).toContainText('KSTAR')
  })
})

test.describe('programme', () => {
  test.use({ as: 'kim' })
  test.setTimeout(150_000)

  test('S8: a call, proposals of joint teams, review without conflicts, selection, facility time, result', async ({ page, say, api, place, language, another }) => {
    const { percent } = written(language)
    const desk = await Desk.of(page, language, say, api)
    const name = (what: string) => `S8 ${language} ${what}`
    await page.goto(recordAt('programme.kstar'))
    await page.getByRole('group', { name: say('desk.follow') }).getByRole('link', { name: desk.named('call'), exact: true }).click()
    await desk.both('name', name('call'), name('공모'))
    await desk.text('closes', '2027-09-30')
    await desk.row('call', 'criteria')
    await desk.text('criteria.0.name', 'science')
    await desk.text('criteria.0.weight', '2')
    await desk.text('criteria.0.most', '5')
    const call = await desk.save()
    await desk.move('call', 'open')

    await page.goto(`/desk/new?kind=proposal`)
    await desk.both('name', name('proposal'), name('제안서'))
    await desk.link('call', name(''), name(language === 'ko' ? '공모' : 'call'))
    for (const [place, side, organisation, title] of [
      [0, 'KR', 'KFE', language === 'ko' ? '한국핵융합에너지연구원' : 'Korea Institute of Fusion Energy'],
      [1, 'US', 'Princeton', language === 'ko' ? '프린스턴' : 'Princeton'],
    ] as const) {
      await desk.row('proposal', 'team')
      await desk.choose(`team.${place}.side`, side)
      await desk.link(`team.${place}.organisation`, organisation, title)
    }
    const proposal = await desk.save()
    await desk.move('proposal', 'submitted')

    // The manager gives it to a reviewer, who alone sees the review.
    await page.getByRole('group', { name: say('desk.follow') }).getByRole('link', { name: desk.named('review'), exact: true }).click()
    await desk.text('reviewer', 'park')
    await desk.save()
    const park = await another('park')
    await park.goto('/desk')
    await park.getByRole('region', { name: say('desk.today.reviews') }).getByRole('link').last().click()
    await park.getByRole('link', { name: say('desk.edit'), exact: true }).click()
    const score = park.locator('[data-path="scores"]').getByLabel(say('desk.form.upTo', { name: 'science', n: 5 }), { exact: true })
    await score.fill('4')
    await park.getByRole('button', { name: say('desk.form.save'), exact: true }).click()
    await expect(park).toHaveURL(/\/desk\/records\/[^/?]+(\?|$)/)
    await new Desk(park, language, say, [desk.kind('review')]).move('review', 'submitted')

    // The ranking shows it; another reviewer with a conflict gives back.
    await page.goto(recordAt(call))
    const ranking = table(page, say, say('desk.proposals'))
    await expect(ranking.locator('tbody tr')).toHaveCount(1)
    const [line] = await cells(ranking)
    expect(line).toContain(percent(0.8))
    const known = JSON.parse(dari('--lake', place.lake, 'register', 'ranking', call, '--register', place.register, '--user', 'kim', '--format', 'json')) as Row[]
    expect(known).toHaveLength(1)

    await page.goto(recordAt(proposal))
    await expect(panel(page, say('desk.reviews')).getByRole('link')).toHaveCount(1)
    await page.goto(recordAt(call))
    await desk.move('call', 'in_review')
    await page.goto(recordAt(proposal))
    await desk.move('proposal', 'selected')
    await page.goto('/desk/new?kind=facility-time')
    await desk.both('name', name('run days'), name('실험일'))
    await desk.link('facility', 'KSTAR', 'KSTAR')
    await desk.link('project', name(''), name(language === 'ko' ? '제안서' : 'proposal'))
    await desk.text('requested', '12')
    await desk.save()
    await desk.move('facility-time', 'granted', '8')
    await page.getByRole('group', { name: say('desk.follow') }).getByRole('link', { name: desk.named('result'), exact: true }).click()
    await desk.both('name', name('paper'), name('논문'))
    await desk.choose('type', 'work')
    const result = await desk.save()
    const chain = told(place, language, 'chain', result).map((row) => row.id)
    expect(chain).toContain(proposal)
    // The reviewers' texts stay with them: the other side's desk sees the proposal without its reviews.
    await seesNoReview(await another('smith'), proposal, say('desk.reviews'))
  })
})

async function seesNoReview(page: Page, proposal: string, title: string) {
  await page.goto(recordAt(proposal))
  await settled(page)
  await expect(page.getByRole('region', { name: title })).toHaveCount(0)
}
