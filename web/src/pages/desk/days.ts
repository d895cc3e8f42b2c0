/** Days as ISO texts, and the ends of periods. */
const DAY = 86_400_000

/** Today on the calendar of whoever looks. */
export function today(): string {
  const now = new Date()
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

/** So many days after a day; before it where negative. */
export function daysFrom(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY)
}

/** The last day of a period: of `2033` the last of its December. */
export function lastDay(period: string): string {
  const [year, month, day] = (period.split('/').at(-1) ?? '').split('-').map(Number)
  if (!year) return ''
  const last = month && day ? Date.UTC(year, month - 1, day) : Date.UTC(year, month ?? 12, 0)
  return new Date(last).toISOString().slice(0, 10)
}

/** Two days as the shortest period that says the same: years, months, else days. */
export function spanOf(begins: string, ends: string | null): string {
  if (!ends || ends === begins) return begins
  if (!begins.endsWith('-01') || lastDay(ends.slice(0, 7)) !== ends) return `${begins}/${ends}`
  const digits = begins.endsWith('-01-01') && ends.endsWith('-12-31') ? 4 : 7
  const [from, to] = [begins.slice(0, digits), ends.slice(0, digits)]
  return from === to ? from : `${from}/${to}`
}

/** The same day so many months before, or the last that its month has. */
export function monthsBefore(day: string, months: number): string {
  const [year = 0, month = 1, of = 1] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 - months, Math.min(of, last))).toISOString().slice(0, 10)
}

/** Whether a text of digits and dashes is a period: `2024`, `2024-01`, `2024-01-23`, or two of them with a solidus between. */
export function isPeriod(text: string): boolean {
  const ends = text.split('/').map((end) => end.trim())
  return ends.length <= 2 && ends.every(isDay) && (ends.length === 1 || firstDay(ends[0] ?? '') <= lastDay(ends[1] ?? ''))
}

function firstDay(text: string): string {
  return text + '-01-01'.slice(text.length - 4)
}

function isDay(text: string): boolean {
  if (!/^\d{4}(-\d{2}(-\d{2})?)?$/.test(text)) return false
  const full = firstDay(text)
  const time = Date.parse(full)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(full)
}
