/** How soon the first page is of use in a browser that knows nothing of it: measured and told, as it depends on the machine. */
import { chromium } from '@playwright/test'
import { expect, test } from './support/test'

test('the first page from a cold browser', async ({ place, say, locale, launchOptions, language }) => {
  const seconds: number[] = []
  for (let time = 0; time < 3; time++) {
    const browser = await chromium.launch(launchOptions)
    const page = await browser.newPage({ baseURL: place.url, locale, viewport: { width: 1280, height: 800 } })
    const begun = performance.now()
    await page.goto('/', { waitUntil: 'commit' })
    await page.getByRole('region', { name: say('table.region', { caption: say('overview.ranking') }) }).locator('tbody tr').first().waitFor()
    seconds.push((performance.now() - begun) / 1000)
    await browser.close()
  }
  console.log(`first page, ${language}, until the ranking is there: ${seconds.map((one) => `${one.toFixed(2)} s`).join(', ')}`)
  expect(seconds).toHaveLength(3)
})
