/** Which page an address shows. */
import type { Component } from 'svelte'
import type { Key } from '../lib/i18n.svelte'

export interface Page {
  path: string
  name: Key
  load: () => Promise<{ default: Component }>
  /** Not in the navigation. */
  hidden?: boolean
  /** Addresses below it are its own. */
  deep?: boolean
  /** For those who are not signed in. */
  open?: boolean
}

export const PAGES: readonly Page[] = [
  { path: '/', name: 'nav.overview', load: () => import('../pages/overview/Overview.svelte') },
  { path: '/technology', name: 'nav.technology', load: () => import('../pages/technology/Technology.svelte') },
  { path: '/partners', name: 'nav.partners', load: () => import('../pages/partners/Partners.svelte') },
  { path: '/crosswalk', name: 'nav.crosswalk', load: () => import('../pages/crosswalk/Crosswalk.svelte') },
  { path: '/organisations', name: 'nav.organisations', load: () => import('../pages/organisations/Organisations.svelte') },
  { path: '/awards', name: 'nav.awards', load: () => import('../pages/awards/Awards.svelte') },
  { path: '/desk', name: 'nav.desk', load: () => import('../pages/desk/Desk.svelte'), deep: true },
  { path: '/data', name: 'nav.data', load: () => import('../pages/data/Data.svelte'), deep: true },
  { path: '/admin', name: 'nav.admin', load: () => import('../pages/admin/Admin.svelte'), deep: true, hidden: true },
  { path: '/sign-in', name: 'nav.signIn', load: () => import('../pages/account/SignIn.svelte'), hidden: true, open: true },
  { path: '/welcome', name: 'nav.welcome', load: () => import('../pages/account/Welcome.svelte'), hidden: true, open: true },
]

export function pageOf(path: string): Page | undefined {
  return PAGES.find((page) => page.path === path || (page.deep && path.startsWith(`${page.path}/`)))
}
