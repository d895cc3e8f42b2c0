/** Loading data and watching jobs. */
import { join } from 'node:path'
import { ROOT } from './support/servers'
import { panel } from './support/figures'
import { expect, settled, test } from './support/test'

test.describe('administrator', () => {
  test.use({ as: 'administrator-kr' })

  test('loads a file and sees the job end; the data have a new version', async ({ page, say, api }) => {
    const before = (await api<{ lake: { version: number } }>('status')).lake.version
    await page.goto('/data')
    await settled(page)
    const upload = panel(page, say('data.upload'))
    await upload.getByLabel(say('data.kind'), { exact: true }).selectOption('screening')
    await upload.getByLabel(say('data.file'), { exact: true }).setInputFiles(join(ROOT, 'demo/screening/dod_section_1286.csv'))
    await upload.getByRole('button', { name: say('data.load'), exact: true }).click()
    await expect(upload.getByText(say('data.sent')).filter({ visible: true })).toBeVisible()
    const job = panel(page, say('data.jobs')).locator('.job').filter({ hasText: 'screening' }).first()
    await expect(job).toContainText(say('data.job.done'), { timeout: 60_000 })
    await job.getByText(say('data.told')).click()
    await expect(job.locator('li').first()).toBeVisible()
    await expect.poll(async () => (await api<{ lake: { version: number } }>('status')).lake.version).toBeGreaterThan(before)
  })

  test('a file that is something else is refused with what is wrong', async ({ page, say, watch }) => {
    watch.expected.push(/^4\d\d POST \/api\/v1\/loads$/)
    await page.goto('/data')
    const upload = panel(page, say('data.upload'))
    await upload.getByLabel(say('data.kind'), { exact: true }).selectOption('budgets')
    await upload.getByLabel(say('data.file'), { exact: true }).setInputFiles({ name: 'budgets.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') })
    await upload.getByRole('button', { name: say('data.load'), exact: true }).click()
    await expect(page.getByRole('alert').first()).toBeVisible({ timeout: 30_000 })
  })

  test('a long question is cancelled from the list of jobs', async ({ page, say, context }) => {
    await page.goto('/partners?between=KR&and=US&ask=1')
    await expect(page.getByRole('button', { name: say('cancel'), exact: true })).toBeVisible({ timeout: 30_000 })
    const data = await context.newPage()
    await data.goto('/data')
    const job = panel(data, say('data.jobs')).locator('.job').filter({ hasText: 'partners suggest' }).first()
    await job.getByRole('button').click()
    await expect(job).toContainText(say('data.job.cancelled'), { timeout: 60_000 })
    await expect(page.getByRole('alert')).toBeVisible()
  })
})
