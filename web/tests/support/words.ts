/** The words of the page, so that one test finds its buttons in both languages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type en from '../../src/messages/en.json'
import type registerEn from '../../src/messages/register.en.json'
import { WEB, type Language } from './servers'

export type Key = keyof typeof en | keyof typeof registerEn
export type Say = (key: Key, values?: Record<string, string | number>) => string

export function wordsOf(language: Language): Say {
  const messages: Record<string, string> = {}
  for (const file of [`${language}.json`, `register.${language}.json`]) Object.assign(messages, JSON.parse(readFileSync(join(WEB, 'src/messages', file), 'utf8')))
  return (key, values = {}) =>
    (messages[key] ?? `no message ${key}`).replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
      const value = values[name]
      if (value === undefined) return whole
      if (one !== undefined && other !== undefined) return Number(value) === 1 ? one : other
      return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value
    })
}
