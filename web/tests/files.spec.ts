/** The register as files: taken along, and read in after a rehearsal. */
import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { Desk, type Line } from './support/desk'
import { cells, panel, table } from './support/figures'
import { expect, settled, test } from './support/test'

/** Follows a link that gives a file, and reads it. */
async function taken(page: Page, name: string): Promise<Buffer> {
  const saved = page.waitForEvent('download')
  await page.getByRole('link', { name, exact: true }).click()
  return readFileSync(await (await saved).path())
}

test.describe('demonstration', () => {
  test('records, tables, calendar and metadata are taken along as files', async ({ page, say, api, language }) => {
    const desk = await Desk.of(page, language, say, api)
    await page.goto('/desk')
    await page.getByRole('navigation', { name: say('desk.title') }).getByRole('link', { name: say('desk.nav.files'), exact: true }).click()
    await expect(page).toHaveURL(/\/desk\/files/)
    expect((await taken(page, say('desk.nav.exportYaml'))).toString()).toContain('dari-register: 1')
    expect(JSON.parse((await taken(page, say('desk.nav.exportJson'))).toString()).records.length).toBeGreaterThan(100)
    await page.getByLabel(say('desk.kind'), { exact: true }).selectOption('meeting')
    await expect(page).toHaveURL(/kind=meeting/)
    const tableAs = (form: string) => say('desk.files.tableAs', { kind: desk.named('meeting'), form })
    const meetings = (await taken(page, tableAs('CSV'))).toString()
    expect(meetings).toMatch(/^\uFEFF?id,state/)
    expect(meetings).toContain('meeting.2024-01-22.arpa-e')
    expect((await taken(page, tableAs('XLSX'))).subarray(0, 2).toString()).toBe('PK')
    expect((await taken(page, say('desk.nav.calendar'))).toString()).toMatch(/^BEGIN:VCALENDAR/)
    expect((await taken(page, 'CERIF-XML')).toString()).toMatch(/^<\?xml/)
    // Who only looks reads nothing in.
    await expect(panel(page, say('desk.files.import'))).toHaveCount(0)
    await page.goto('/desk/records/example.project')
    expect(Object.keys(JSON.parse((await taken(page, say('desk.raid'))).toString())).length).toBeGreaterThan(0)
  })
})

test.describe('documents', () => {
  test('a briefing is taken along from the overview and from a record', async ({ page, say, language }) => {
    await page.goto('/?countries=KR,US')
    await settled(page)
    expect((await taken(page, 'PDF')).subarray(0, 8).toString()).toBe('%PDF-1.7')
    await page.goto('/desk/records/example.agreement')
    await settled(page)
    const html = (await taken(page, 'HTML')).toString()
    expect(html).toContain(`<html lang="${language}">`)
    expect(html).toContain(language === 'ko' ? '협정 갱신 검토' : 'Renewal')
    expect((await taken(page, 'DOCX')).subarray(0, 2).toString()).toBe('PK')
    await expect(page.getByRole('group', { name: say('briefing.title') })).toBeVisible()
  })
})

test.describe('desk officer', () => {
  test.use({ as: 'hong' })

  test('a table is rehearsed, one row of it refused, and the rest stored', async ({ page, say, api, language }) => {
    const name = `Filed ${language}`
    const found = async () => (await api<{ records: Line[] }>('register/search', { q: name, kind: 'organisation' })).records.length
    await page.goto('/desk/files')
    await settled(page)
    const shown = panel(page, say('desk.files.import'))
    const rows = `name.en,side,parent\n${name},KR,\nNowhere,US,org.none\n`
    await shown.getByLabel(say('data.file'), { exact: true }).setInputFiles({ name: 'organisations.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) })
    await shown.getByLabel(say('desk.files.into'), { exact: true }).selectOption('organisation')
    await shown.getByRole('button', { name: say('desk.files.check'), exact: true }).click()
    await expect(shown.getByRole('status')).toHaveText(say('desk.files.would', { n: 1, same: 0, refused: 1 }))
    const refused = table(page, say, say('desk.files.refused'))
    expect(await cells(refused)).toHaveLength(1)
    await expect(refused).toContainText('line 3')
    expect(await found()).toBe(0)
    await page.screenshot({ path: `test-results/pages/desk-files-rehearsed.${language}.1280.light.png`, fullPage: true })

    await shown.getByRole('button', { name: say('desk.files.store'), exact: true }).click()
    await expect(shown.getByRole('status')).toHaveText(say('desk.files.did', { n: 1, same: 0, refused: 1 }))
    await expect(shown.getByRole('status')).toBeFocused()
    expect(await found()).toBe(1)
    await table(page, say, say('desk.files.written')).getByRole('link').click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  })

  test('a file of records is read in; what is none, or too large, is told before it is sent', async ({ page, say, api, language }) => {
    const id = `filed-note-${language}`
    const records = `dari-register: 1\nparties: [KR, US]\nrecords:\n- id: ${id}\n  kind: note\n  name: {en: Filed, ko: 파일로 등록}\n`
    await page.goto('/desk/files')
    await settled(page)
    const shown = panel(page, say('desk.files.import'))
    const file = shown.getByLabel(say('data.file'), { exact: true })
    const check = shown.getByRole('button', { name: say('desk.files.check'), exact: true })
    await file.setInputFiles({ name: 'records.txt', mimeType: 'text/plain', buffer: Buffer.from(records) })
    await expect(file).toHaveAttribute('aria-invalid', 'true')
    await expect(check).toBeDisabled()
    await file.setInputFiles({ name: 'records.yaml', mimeType: 'application/yaml', buffer: Buffer.alloc((8 << 20) + 1, '#') })
    await expect(shown).toContainText(say('desk.files.tooLarge', { mb: 8 }))
    await expect(check).toBeDisabled()
    await file.setInputFiles({ name: 'records.yaml', mimeType: 'application/yaml', buffer: Buffer.from(records) })
    await check.click()
    await expect(shown.getByRole('status')).toHaveText(say('desk.files.would', { n: 1, same: 0, refused: 0 }))
    await shown.getByRole('button', { name: say('desk.files.store'), exact: true }).click()
    await expect(shown.getByRole('status')).toHaveText(say('desk.files.did', { n: 1, same: 0, refused: 0 }))
    expect((await api<{ kind: string }>(`register/records/${id}`)).kind).toBe('note')
    // Once more it changes nothing.
    await check.click()
    await expect(shown.getByRole('status')).toHaveText(say('desk.files.would', { n: 0, same: 1, refused: 0 }))
    await expect(shown.getByRole('button', { name: say('desk.files.store'), exact: true })).toBeDisabled()
  })
})

test.describe('auditor', () => {
  test.use({ as: 'yoon' })

  test('who may not write is offered no file to read in', async ({ page, say }) => {
    await page.goto('/desk/files')
    await settled(page)
    await expect(panel(page, say('desk.files.export'))).toBeVisible()
    await expect(panel(page, say('desk.files.import'))).toHaveCount(0)
  })
})
