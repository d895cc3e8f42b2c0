/** What a form holds, and what of it is stored. */
import type { Field } from '../../../lib/register'
import { isEmpty, isObject, rows, text, texts, type Content } from '../record/values'

/** A number as people type it; the text itself where it is none. */
function number(value: unknown): unknown {
  const typed = text(value).replaceAll(',', '').trim()
  return typed === '' || Number.isNaN(Number(typed)) ? value : Number(typed)
}

function trimmed(values: readonly string[]): string[] {
  return values.map((value) => value.trim()).filter(Boolean)
}

function value(field: Field, given: unknown): unknown {
  switch (field.form) {
    case 'both':
      return isObject(given) ? Object.fromEntries(['en', 'ko'].map((one) => [one, text(given[one]).trim()]).filter(([, said]) => said)) : given
    case 'texts':
    case 'sides':
    case 'links':
      return trimmed(texts(given))
    case 'number':
      return number(given)
    case 'money':
      return isObject(given) && text(given.amount).trim() ? { amount: number(given.amount), currency: text(given.currency).trim().toUpperCase() } : undefined
    case 'scores':
      return isObject(given) ? Object.fromEntries(Object.entries(given).filter(([, score]) => !isEmpty(score)).map(([name, score]) => [name, number(score)])) : given
    case 'rows':
      return rows(given).map((row) => clean(field.fields ?? [], row))
    case 'flag':
      return given === true
    default:
      return typeof given === 'string' ? given.trim() : given
  }
}

/** The content as it is stored: texts trimmed, numbers as numbers, without what is empty. Rows stay, that problems find them by their place. */
export function clean(fields: readonly Field[], content: Content): Content {
  const entries = fields.map((field) => [field.name, value(field, content[field.name])] as const)
  return Object.fromEntries(entries.filter(([, given]) => !isEmpty(given) || rows(given).length > 0))
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(ordered(a ?? null)) === JSON.stringify(ordered(b ?? null))
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]))
}

/** What changed, with null for what was emptied. */
export function changed(fields: readonly Field[], from: Content, to: Content): Content {
  const [before, after] = [clean(fields, from), clean(fields, to)]
  const names = fields.map((field) => field.name).filter((name) => !same(before[name], after[name]))
  return Object.fromEntries(names.map((name) => [name, after[name] ?? null]))
}
