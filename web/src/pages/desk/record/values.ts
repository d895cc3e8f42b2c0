/** What fields hold, as it is read. What does not have the form that is expected is shown as nothing rather than wrongly. */
import type { Field } from '../../../lib/register'
import type { Bilingual } from '../../../lib/types'

export type Content = Record<string, unknown>

export function isObject(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

export function rows(value: unknown): Content[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function both(value: unknown): Bilingual {
  return isObject(value) ? { en: text(value.en), ko: text(value.ko) } : { en: '', ko: '' }
}

export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.values(value).every(isEmpty)
}

/** The fields of a list that hold something. */
export function filled(fields: readonly Field[], content: Content): Field[] {
  return fields.filter((field) => !isEmpty(content[field.name]))
}

/** An address that a link may lead to. */
export function webAddress(value: string): string | undefined {
  return /^https?:\/\//.test(value) ? value : undefined
}
