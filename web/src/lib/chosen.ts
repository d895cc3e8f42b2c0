/** What every page of analysis is about: countries and a framework, kept in the address. */
import { ask } from './api'
import { resource } from './resource.svelte'
import { href, route } from './router.svelte'

export const FRAMEWORK = 'kr-nst-2023'
const COUNTRIES = ['KR', 'US']

export function countries(): string[] {
  const chosen = route.list('countries', COUNTRIES).map((code) => code.toUpperCase())
  return chosen.length >= 2 ? chosen : COUNTRIES
}

export function framework(): string {
  return route.get('framework', FRAMEWORK)
}

/** The choice as it goes from page to page; nothing where none was made. */
export function carried() {
  return { countries: route.get('countries'), framework: route.get('framework') }
}

/** The address of the profile of a technology. */
export function technology(id: string): string {
  return href('/technology', { id, ...carried() })
}

/** The frameworks at hand. */
export function frameworks() {
  return resource(() => ask('frameworks/list'))
}

/** Entries of the chosen framework. */
export function entries() {
  return resource(() => ask('frameworks/show', { id: framework() }))
}
