/** Signing in and out, invitations, and going back to where one was. */
import { invitation, PASSWORD } from './support/servers'
import { expect, settled, test } from './support/test'

test.describe('nobody yet', () => {
  test.use({ as: 'nobody' })

  test('the desk asks to sign in and then shows what was asked for', async ({ page, say }) => {
    await page.goto('/desk/list?kind=agreement&state=in_force')
    await page.getByRole('main').getByRole('link', { name: say('account.signIn.title') }).click()
    await page.getByLabel(say('account.name'), { exact: true }).fill('smith')
    await page.getByLabel(say('account.password'), { exact: true }).fill(PASSWORD)
    await page.getByRole('main').getByRole('button', { name: say('account.signIn.title'), exact: true }).click()
    await expect(page).toHaveURL(/\/desk\/list\?kind=agreement&state=in_force$/)
    await settled(page)
    await expect(page.getByRole('table').locator('tbody tr').first()).toBeVisible()
    // Out again: nothing of the register is left on the page.
    await page.getByText('smith', { exact: true }).click()
    await page.getByRole('button', { name: say('nav.signOut'), exact: true }).click()
    await expect(page).toHaveURL(/\/sign-in$/)
    await expect(page.getByLabel(say('account.password'), { exact: true })).toBeVisible()
    for (const address of ['/', '/technology?id=quantum', '/data', '/desk']) {
      await page.goto(address)
      await expect(page.getByRole('main')).toContainText(say('admin.signIn'))
    }
  })

  test('a welcome link sets the password, and only once; a wrong password is refused, the fifth locks', async ({ page, say, place, watch, another }) => {
    watch.expected.push(/^(400|401|423) POST \/api\/v1\/(invitations|session)$/)
    const code = invitation(place, 'jones')
    const password = 'what jones alone knows'
    await page.goto(`/welcome?code=${code}`)
    const fresh = page.getByLabel(say('account.newPassword'), { exact: true })
    await fresh.fill('short')
    await page.getByLabel(say('account.again'), { exact: true }).fill('other')
    await page.getByRole('button', { name: say('account.begin') }).click()
    await expect(page.getByText(say('account.tooShort', { n: 10 }))).toBeVisible()
    await fresh.fill(password)
    await page.getByRole('button', { name: say('account.begin') }).click()
    await expect(page.getByText(say('account.differs'))).toBeVisible()
    await page.getByLabel(say('account.again'), { exact: true }).fill(password)
    await page.getByRole('button', { name: say('account.begin') }).click()
    await expect(page).toHaveURL(/\/desk$/)
    await expect(page.getByRole('heading', { level: 1, name: say('desk.title') })).toBeVisible()

    const later = await another('nobody')
    await later.goto(`/welcome?code=${code}`)
    await later.getByLabel(say('account.newPassword'), { exact: true }).fill(password)
    await later.getByLabel(say('account.again'), { exact: true }).fill(password)
    await later.getByRole('button', { name: say('account.begin') }).click()
    await expect(later.getByRole('alert')).toContainText(say('account.notAccepted'))

    await later.goto('/sign-in')
    const enter = later.getByRole('main').getByRole('button', { name: say('account.signIn.title'), exact: true })
    for (let tries = 0; tries < 5; tries++) {
      await later.getByLabel(say('account.name'), { exact: true }).fill('jones')
      await later.getByLabel(say('account.password'), { exact: true }).fill(`not it ${tries}`)
      const answer = later.waitForResponse((response) => response.request().method() === 'POST')
      await enter.click()
      expect([401, 423]).toContain((await answer).status())
      await expect(later.getByRole('alert')).toBeVisible()
    }
    // Even the right one is of no use now.
    await later.getByLabel(say('account.password'), { exact: true }).fill(password)
    await enter.click()
    await expect(later.getByRole('alert')).toContainText(say('account.locked'))
  })
})

test.describe('desk officer', () => {
  test.use({ as: 'hong' })

  test('their own access tokens are in the menu: made, shown once, ended', async ({ page, say, place, playwright }) => {
    await page.goto('/desk')
    await page.getByText('hong', { exact: true }).click()
    await page.getByRole('link', { name: say('admin.tokens'), exact: true }).click()
    await expect(page).toHaveURL(/\/admin/)
    const about = `script ${Date.now()}`
    await page.getByLabel(say('admin.tokenAbout'), { exact: true }).fill(about)
    await page.getByRole('button', { name: say('admin.makeToken') }).click()
    const secret = await page.getByRole('main').locator('code').filter({ hasText: 'dari_' }).innerText()
    const program = await playwright.request.newContext({ baseURL: place.url, extraHTTPHeaders: { Authorization: `Bearer ${secret}` } })
    expect((await (await program.get('/api/v1/session')).json()).user.name).toBe('hong')
    await page.getByRole('button', { name: say('admin.endTokenOf', { about }) }).click()
    await expect(page.getByText(say('admin.tokenEnded', { about }))).toBeVisible()
    expect((await program.get('/api/v1/session')).status()).toBe(401)
    await program.dispose()
  })
})

test.describe('administrator', () => {
  test.use({ as: 'administrator-us' })

  test('adds a user, gives an invitation, changes the role and closes the account', async ({ page, say, language, another }) => {
    const name = `brown-${language}`
    await page.goto('/admin')
    await page.getByRole('textbox', { name: say('admin.user'), exact: true }).fill(name)
    await page.getByRole('button', { name: say('admin.add'), exact: true }).click()
    await expect(page.getByText(say('admin.added', { name })).filter({ visible: true }).last()).toBeVisible()
    const row = page.getByRole('row').filter({ hasText: name })
    await row.getByRole('button', { name: new RegExp(say('admin.invite')) }).click()
    const link = await page.getByRole('dialog').getByRole('textbox').inputValue()
    await page.getByRole('dialog').getByRole('button', { name: say('dialog.close') }).click()
    const guest = await another('nobody')
    await guest.goto(link)
    await guest.getByLabel(say('account.newPassword'), { exact: true }).fill(PASSWORD)
    await guest.getByLabel(say('account.again'), { exact: true }).fill(PASSWORD)
    await guest.getByRole('button', { name: say('account.begin') }).click()
    await expect(guest).toHaveURL(/\/desk$/)
    await row.getByRole('combobox').selectOption('auditor')
    await expect(page.getByText(say('admin.changed', { name, role: say('admin.role.auditor') })).filter({ visible: true }).last()).toBeVisible()
    await row.getByRole('button', { name: new RegExp(say('admin.close')) }).click()
    await page.getByRole('dialog').getByRole('button', { name: say('admin.close'), exact: true }).click()
    await expect(page.getByText(say('admin.closed', { name })).filter({ visible: true }).last()).toBeVisible()
    await guest.reload()
    await expect(guest.getByText(say('admin.signIn'))).toBeVisible()
  })
})

test.describe('auditor', () => {
  test.use({ as: 'yoon' })

  test('proves that the record is whole', async ({ page, say }) => {
    await page.goto('/admin?what=audit')
    await expect(page.getByText(say('admin.whole'))).toBeVisible()
  })
})
