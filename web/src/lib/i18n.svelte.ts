/** Words in Korean and English. A key that one of the languages lacks does not compile. */
import type en from '../messages/en.json'
import type ko from '../messages/ko.json'
import type registerEn from '../messages/register.en.json'
import type registerKo from '../messages/register.ko.json'
import { route, set } from './router.svelte'

type Both<A, B> = { [K in keyof A | keyof B]: string }
type Page = typeof en
type Register = typeof registerEn
export type Key = keyof Page | keyof Register
/** What a message may hold: text, or a number that is written as the language does. */
export type Values = Record<string, string | number>

// Each line fails to compile where the other language has a key that this one lacks.
type Whole<A extends Both<A, B>, B> = A
export type Complete = [
  Whole<typeof en, typeof ko>,
  Whole<typeof ko, typeof en>,
  Whole<typeof registerEn, typeof registerKo>,
  Whole<typeof registerKo, typeof registerEn>,
]

export type Language = 'en' | 'ko'
export const LANGUAGES: Language[] = ['ko', 'en']

const STORED = 'dari.language'
const files = {
  en: () => Promise.all([import('../messages/en.json'), import('../messages/register.en.json')]),
  ko: () => Promise.all([import('../messages/ko.json'), import('../messages/register.ko.json')]),
}

class Words {
  language = $state<Language>('en')
  messages = $state.raw<Record<string, string>>({})
}

const words = new Words()

/** The language of the page. */
export function language(): Language {
  return words.language
}

function known(text: string | null | undefined): Language | undefined {
  return LANGUAGES.find((one) => text?.toLowerCase().startsWith(one))
}

function wanted(): Language {
  return known(route.query.get('lang')) ?? known(localStorage.getItem(STORED)) ?? known(navigator.language) ?? 'en'
}

async function load(to: Language) {
  const [page, register] = await files[to]()
  words.messages = { ...page.default, ...register.default }
  words.language = to
  document.documentElement.lang = to
}

/** Loads the words of the language that the link, the last visit or the browser asks for. */
export async function begin() {
  await load(wanted())
}

/** Speaks another language from now on. */
export async function speak(to: Language) {
  localStorage.setItem(STORED, to)
  await load(to)
  if (route.query.has('lang')) set({ lang: to }, { replace: true })
}

/** Follows the language of a link that was gone to without loading the page anew. */
export function followLanguage() {
  const asked = known(route.query.get('lang'))
  if (asked && asked !== words.language) void load(asked)
}

/** A message: `{name}` is a value, `{name|one|other}` a word that goes with a number. */
export function t(key: Key, values: Values = {}): string {
  const message = words.messages[key] ?? key
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = values[name]
    if (value === undefined) return whole
    if (one !== undefined && other !== undefined) return Number(value) === 1 ? one : other
    return typeof value === 'number' ? new Intl.NumberFormat(words.language).format(value) : value
  })
}

/** The message of a key that data made, such as a column's name; without one the text itself. */
export function said(prefix: string, name: string): string {
  return words.messages[`${prefix}.${name}`] ?? name
}

/** The name of something with names in both languages. */
export function named(name: { en?: string; ko?: string } | null | undefined): string {
  return name?.[words.language] || name?.en || name?.ko || ''
}
