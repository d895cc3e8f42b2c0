/** Tables as files, for what was chosen in the page and no single request gives. */
import { save } from './chart'
import type { Cell, Row } from './types'

function field(value: Cell | undefined): string {
  let text = value === null || value === undefined ? '' : String(value)
  // A spreadsheet would run what begins like a formula.
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function saveCsv(name: string, columns: readonly string[], rows: readonly Row[]) {
  const lines = [columns.join(','), ...rows.map((row) => columns.map((column) => field(row[column])).join(','))]
  // Spreadsheets read Korean only after a byte order mark.
  const url = URL.createObjectURL(new Blob([`\uFEFF${lines.join('\r\n')}\r\n`], { type: 'text/csv' }))
  save(name, url)
  URL.revokeObjectURL(url)
}
