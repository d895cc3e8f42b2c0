/** Light or dark: as the system says, or as chosen. */
import { flushSync } from 'svelte'

export type Theme = 'system' | 'light' | 'dark'
export const THEMES: Theme[] = ['system', 'light', 'dark']

const STORED = 'dari.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

function stored(): Theme {
  const text = localStorage.getItem(STORED)
  return THEMES.find((theme) => theme === text) ?? 'system'
}

class Appearance {
  theme = $state<Theme>(stored())
  system = $state(dark.matches)
  /** Paper is light, and charts do not follow style sheets by themselves. */
  printing = $state(false)
  readonly dark = $derived(!this.printing && (this.theme === 'dark' || (this.theme === 'system' && this.system)))
}

export const appearance = new Appearance()
dark.addEventListener('change', () => (appearance.system = dark.matches))

const print = matchMedia('print')
print.addEventListener('change', () => flushSync(() => (appearance.printing = print.matches)))
addEventListener('beforeprint', () => flushSync(() => (appearance.printing = true)))
addEventListener('afterprint', () => (appearance.printing = false))

export function choose(theme: Theme) {
  appearance.theme = theme
  localStorage.setItem(STORED, theme)
}

/** Tells the style sheet. */
export function show() {
  document.documentElement.dataset.theme = appearance.dark ? 'dark' : 'light'
}
