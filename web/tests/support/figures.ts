/** Tables and figures as they are read, and numbers as a reader of the language expects them. */
import { expect, type Locator, type Page } from '@playwright/test'
import type { Language } from './servers'
import type { Say } from './words'

export function written(language: Language) {
  const format = (options: Intl.NumberFormatOptions) => (value: number) => new Intl.NumberFormat(language, options).format(value)
  return {
    count: format({ maximumFractionDigits: 0 }),
    number: format({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    percent: format({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    money: (value: number, currency: string) => format({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', maximumFractionDigits: 0 })(value),
    country: (code: string) => new Intl.DisplayNames(language, { type: 'region', style: language === 'ko' ? 'short' : 'long' }).of(code) ?? code,
    day: (text: string) => new Intl.DateTimeFormat(language, { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' }).format(Date.parse(text)),
  }
}

/** A section by the title above it. */
export function panel(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title, exact: true })
}

export function table(page: Page, say: Say, caption: string): Locator {
  return page.getByRole('region', { name: say('table.region', { caption }), exact: true }).getByRole('table')
}

/** What a table says, row by row. */
export async function cells(shown: Locator): Promise<string[][]> {
  await expect(shown.locator('tbody tr').first()).toBeVisible()
  return shown.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim().split('\n')[0] ?? '')),
  )
}

/** Waits until the figure with this title is drawn, then shows it as a table. */
export async function asTable(page: Page, say: Say, title: string) {
  await page.getByRole('group', { name: say('figure.view', { of: title }) }).getByText(say('figure.table'), { exact: true }).click()
}
