/** What is wrong with what a form holds, by the place of the field: `criteria.0.weight`. */
import type { Problem } from '../../../lib/api'
import { t } from '../../../lib/i18n.svelte'
import type { Field } from '../../../lib/register'
import { isPeriod } from '../days'
import { isEmpty, isObject, rows, text, type Content } from '../record/values'

export type Problems = Record<string, string>

const negative = (value: unknown) => typeof value !== 'number' || !(value >= 0)

/** What can be said without asking the server. */
export function check(fields: readonly Field[], content: Content, place = ''): Problems {
  const found: Problems = {}
  for (const field of fields) {
    const at = place + field.name
    const value = content[field.name]
    if (field.form === 'rows') {
      rows(value).forEach((row, number) => Object.assign(found, check(field.fields ?? [], row, `${at}.${number}.`)))
      if (field.needed && rows(value).length === 0) found[at] = t('desk.wrong.missing')
    } else if (isEmpty(value)) {
      if (field.needed) found[at] = t('desk.wrong.missing')
    } else {
      const problem = wrong(field.form, value)
      if (problem) found[at] = problem
    }
  }
  return found
}

function wrong(form: string, value: unknown): string {
  switch (form) {
    case 'period':
      // The server also reads dates as people write them; only what looks like one of ISO 8601 can be judged here.
      return /^[\d/\s-]+$/.test(text(value)) && !isPeriod(text(value)) ? t('desk.wrong.period') : ''
    case 'number':
      return negative(value) ? t('desk.wrong.number') : ''
    case 'money':
      if (!isObject(value) || negative(value.amount)) return t('desk.wrong.number')
      return /^[A-Z]{3}$/.test(text(value.currency)) ? '' : t('desk.wrong.currency')
    case 'scores':
      return isObject(value) && Object.values(value).some(negative) ? t('desk.wrong.number') : ''
    default:
      return ''
  }
}

/** The field that the server's problem is about: `row 2: 'criteria.weight' is missing`. */
export function placed(fields: readonly Field[], problem: Problem): string | null {
  const row = /row (\d+)/.exec(problem.detail)
  for (const [, said = ''] of problem.detail.matchAll(/'([^']+)'/g)) {
    const [name = '', inner] = said.split('.')
    const field = fields.find((one) => one.name === name)
    if (field && inner === undefined) return name
    if (field?.fields?.some((one) => one.name === inner)) return `${name}.${Number(row?.[1] ?? 1) - 1}.${inner}`
    if (field?.form === 'both' || field?.form === 'money') return name
  }
  return null
}
