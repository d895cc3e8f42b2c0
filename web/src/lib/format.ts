/** Numbers, days, shares and money as the language of the page writes them. */
import { language } from './i18n.svelte'

const NONE = '–'
const made = new Map<string, Intl.NumberFormat>()

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language() + JSON.stringify(options)
  let format = made.get(key)
  if (!format) made.set(key, (format = new Intl.NumberFormat(language(), options)))
  return format
}

type Some = number | null | undefined

/** A count. */
export function count(value: Some): string {
  return value == null ? NONE : numbers({ maximumFractionDigits: 0 }).format(value)
}

/** A number with as many digits as say something. */
export function number(value: Some, digits = 2): string {
  return value == null ? NONE : numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
}

/** A part of one as a percentage. */
export function percent(value: Some, digits = 1): string {
  return value == null ? NONE : numbers({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
}

/** A growth of logarithms a year as a percentage with its sign. */
export function growth(value: Some, digits = 1): string {
  if (value == null) return NONE
  return numbers({ style: 'percent', signDisplay: 'exceptZero', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    Math.expm1(value),
  )
}

/** Large numbers short: 1.2M, 120만. */
export function short(value: Some): string {
  return value == null ? NONE : numbers({ notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** Money in whole units, or short. */
export function money(value: Some, currency: string, { compact = false } = {}): string {
  if (value == null) return NONE
  try {
    return numbers({
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      maximumFractionDigits: compact ? 1 : 0,
      notation: compact ? 'compact' : 'standard',
    }).format(value)
  } catch {
    // Not a code of ISO 4217.
    return `${count(value)} ${currency}`
  }
}

/** A day, month or year: `2024-01-23`, `2024-01`, `2024`; of a period `a/b` both ends. */
export function day(text: string | null | undefined): string {
  if (!text) return NONE
  if (text.includes('/')) return text.split('/').map(day).join(' – ')
  const [year, month, date] = text.slice(0, 10).split('-').map(Number)
  if (!year || Number.isNaN(year)) return text
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', timeZone: 'UTC' }
  if (month) options.month = 'short'
  if (date) options.day = 'numeric'
  return new Intl.DateTimeFormat(language(), options).format(Date.UTC(year, (month ?? 1) - 1, date ?? 1))
}

/** A moment on the clock of whoever reads it. */
export function moment(text: string | null | undefined): string {
  const time = text ? Date.parse(text) : NaN
  if (Number.isNaN(time)) return NONE
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' }).format(time)
}

/** The name of a country by its code. */
export function country(code: string | null | undefined): string {
  if (!code) return NONE
  try {
    return new Intl.DisplayNames(language(), { type: 'region', style: language() === 'ko' ? 'short' : 'long' }).of(code) ?? code
  } catch {
    return code
  }
}

/** Several things one after the other. */
export function listed(items: string[]): string {
  return new Intl.ListFormat(language(), { type: 'conjunction' }).format(items)
}
