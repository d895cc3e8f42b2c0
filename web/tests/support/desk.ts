/** The forms and lists of the register, found by the names that the program gives its kinds, fields and states. */
import { expect, type Locator, type Page } from '@playwright/test'
import { dari, type Language, type Place } from './servers'
import type { Say } from './words'

interface Field {
  name: string
  label: Record<Language, string>
  fields?: Field[]
}

export interface Kind {
  name: string
  label: Record<Language, string>
  fields: Field[]
  states: { name: string; label: Record<Language, string>; next: string[] }[]
}

export interface Line {
  id: string
  kind: string
  state: string
  due: string | null
  title: Record<Language, string>
}

export type Row = Record<string, string | number | boolean | null>

/** What the command line says of the register. */
export function told(place: Place, language: Language, ...args: string[]): Row[] {
  return JSON.parse(dari('--lake', place.lake, '--lang', language, 'register', ...args, '--register', place.register, '--user', 'hong', '--format', 'json')) as Row[]
}

export class Desk {
  constructor(
    readonly page: Page,
    private readonly language: Language,
    private readonly say: Say,
    private readonly kinds: Kind[],
  ) {}

  static async of(page: Page, language: Language, say: Say, api: <T>(path: string) => Promise<T>): Promise<Desk> {
    return new Desk(page, language, say, (await api<{ kinds: Kind[] }>('register/kinds')).kinds)
  }

  kind(name: string): Kind {
    const found = this.kinds.find((kind) => kind.name === name)
    if (!found) throw new Error(`no kind ${name}`)
    return found
  }

  named(name: string): string {
    return this.kind(name).label[this.language]
  }

  state(kind: string, state: string): string {
    return this.kind(kind).states.find((one) => one.name === state)?.label[this.language] ?? `no state ${state}`
  }

  label(kind: string, path: string): string {
    let fields = this.kind(kind).fields
    let label = ''
    for (const name of path.split('.')) {
      const field = fields.find((one) => one.name === name)
      label = field?.label[this.language] ?? `no field ${path}`
      fields = field?.fields ?? []
    }
    return label
  }

  /** The place of a field in the form: its path, with the number of the row where it is in one. */
  field(path: string): Locator {
    return this.page.locator(`[data-path="${path}"]`)
  }

  async text(path: string, value: string) {
    const input = this.field(path).locator('input, textarea').first()
    await input.fill(value)
    await input.blur()
  }

  /** A text in both languages. */
  async both(path: string, en: string, ko: string) {
    await this.field(path).getByLabel(this.say('desk.form.en'), { exact: true }).fill(en)
    await this.field(path).getByLabel(this.say('desk.form.ko'), { exact: true }).fill(ko)
  }

  async choose(path: string, value: string) {
    await this.field(path).locator('select').selectOption(value)
  }

  /** Searches for a record and takes the proposal that is called so. */
  async link(path: string, search: string, title: string) {
    const combo = this.field(path).getByRole('combobox')
    await combo.fill(search)
    await this.field(path).getByRole('option', { name: title }).first().click()
    await expect(this.field(path).locator('.chip', { hasText: title })).toBeVisible()
  }

  async row(kind: string, path: string) {
    await this.field(path).getByRole('button', { name: this.say('desk.form.addRow', { what: this.label(kind, path) }) }).click()
  }

  /** Saves the form and arrives at the record; gives its id. */
  async save(): Promise<string> {
    await this.page.getByRole('button', { name: this.say('desk.form.save'), exact: true }).click()
    await expect(this.page).toHaveURL(/\/desk\/records\/[^/?]+(\?|$)/)
    return decodeURIComponent(new URL(this.page.url()).pathname.split('/').at(-1) ?? '')
  }

  /** On the page of a record: into another state. */
  async move(kind: string, to: string, amount = '') {
    await this.page.getByRole('button', { name: this.say('desk.moveOn'), exact: true }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByLabel(this.state(kind, to), { exact: true }).check()
    if (amount) await dialog.getByRole('spinbutton', { name: this.label(kind, to), exact: true }).fill(amount)
    await dialog.getByRole('button', { name: this.say('desk.moveOn'), exact: true }).click()
    await expect(dialog).toBeHidden()
    await expect(this.page.locator('.page-head')).toContainText(this.state(kind, to))
  }
}
