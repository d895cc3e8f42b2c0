/** Every figure says how it was made, and gives its numbers away. */
import { readFileSync } from 'node:fs'
import { expect, settled, test } from './support/test'

const PAGES = ['/', '/technology?id=quantum', '/crosswalk', '/awards?technology=quantum', '/organisations?id=01qz5mb56', '/organisations?q=KAIST', '/organisations', '/data']

test.describe('demonstration', () => {
  for (const address of PAGES) {
    test(`how, and downloads: ${address}`, async ({ page, say, request }) => {
      await page.goto(address)
      await settled(page)
      const figures = page.locator('section.panel').filter({ has: page.locator('.downloads') })
      expect(await figures.count()).toBeGreaterThan(0)
      for (const figure of await figures.all()) {
        const how = figure.locator('.how')
        const title = await figure.getByRole('heading', { level: 2 }).innerText()
        await expect(how, title).toHaveCount(1)
        await how.locator('summary').first().click()
        await expect(how.getByText('dari ', { exact: false }).last(), title).toBeVisible()
        expect(await how.innerText(), title).toMatch(new RegExp(say('how.version', { version: 'V', at: 'A' }).replace('V', '\\d+').replace('A', '.+')))
        await expect(how.locator('.command code'), title).toContainText(/^dari .*--as-of \d+/)
        expect(await how.locator('dd').count(), `${title}: notes, columns, command`).toBeGreaterThanOrEqual(3)
        for (const link of await figure.locator('.downloads a').all()) {
          const answer = await request.get((await link.getAttribute('href')) ?? '')
          expect(answer.status(), title).toBe(200)
          const body = await answer.body()
          const format = await link.innerText()
          if (format === 'CSV') {
            const lines = body.toString('utf8').trim().split('\n')
            expect(lines.length, `${title}: CSV`).toBeGreaterThan(1)
            expect(lines[0]?.replace(/^\uFEFF/, ''), `${title}: CSV`).toMatch(/^[a-z_]+(,[a-z_0-9]+)+/)
          } else expect(body.subarray(0, format === 'XLSX' ? 2 : 4).toString(), `${title}: ${format}`).toBe(format === 'XLSX' ? 'PK' : 'PAR1')
        }
        for (const button of await figure.locator('.downloads button').all()) {
          const saved = page.waitForEvent('download')
          await button.click()
          const image = readFileSync(await (await saved).path())
          expect(image.length, title).toBeGreaterThan(2000)
          if ((await button.innerText()) === 'SVG') expect(image.toString('utf8', 0, 4)).toBe('<svg')
          else expect(image.toString('latin1', 1, 4)).toBe('PNG')
        }
      }
    })
  }
})
