/**
 * Where one is: a path and a query. Everything that changes what one sees is in the query, so that a link reopens exactly that.
 */

type Query = Record<string, string | null | undefined>

class Route {
  path = $state(location.pathname)
  search = $state(location.search)
  /** Counts moves to another page, not changes of the query. */
  visits = $state(0)
  readonly query = $derived(new URLSearchParams(this.search))

  /** A value of the query, or what it is without one. */
  get(name: string, otherwise = ''): string {
    return this.query.get(name) ?? otherwise
  }

  /** A list of the query, separated by commas. */
  list(name: string, otherwise: string[] = []): string[] {
    const value = this.query.get(name)
    return value === null ? otherwise : value.split(',').filter(Boolean)
  }
}

export const route = new Route()

/** A query as people can read it: commas and colons stay what they are. */
function written(query: URLSearchParams): string {
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text ? `?${text}` : ''
}

function changed(from: URLSearchParams, values: Query): URLSearchParams {
  const query = new URLSearchParams(from)
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === '') query.delete(name)
    else query.set(name, value)
  }
  return query
}

/** An address within the page; empty values are left out. */
export function href(path: string, values: Query = {}): string {
  return path + written(changed(new URLSearchParams(), values))
}

/** The address of what one sees, with some values changed. */
export function here(values: Query): string {
  return route.path + written(changed(route.query, values))
}

function arrive() {
  const moved = location.pathname !== route.path
  route.path = location.pathname
  route.search = location.search
  if (moved) route.visits++
}

/** Goes to an address within the page. The language of a link stays with those who follow others from it. */
export function go(address: string, { replace = false } = {}) {
  const to = new URL(address, location.href)
  const language = route.query.get('lang')
  if (language && !to.searchParams.has('lang')) to.searchParams.set('lang', language)
  const moved = to.pathname !== route.path
  const full = to.pathname + written(to.searchParams) + to.hash
  history[replace ? 'replaceState' : 'pushState'](null, '', full)
  arrive()
  if (moved) scrollTo(0, 0)
}

/** Changes values of the query. `replace`: without a step to go back to, for what is tried quickly in turn. */
export function set(values: Query, { replace = false } = {}) {
  go(here(values), { replace })
}

/** Follows links within the page without loading it anew. */
function follow(event: MouseEvent) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element | null)?.closest?.('a')
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  if (link.pathname.startsWith('/api/') || (link.hash && link.pathname === location.pathname)) return
  event.preventDefault()
  go(link.href)
}

addEventListener('popstate', arrive)
document.addEventListener('click', follow)
