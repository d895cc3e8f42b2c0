/** Where to go after signing in: only to addresses of this page, whatever the link says. */
export function back(to: string, otherwise = '/'): string {
  if (!to.startsWith('/')) return otherwise
  const address = new URL(to, location.origin)
  return address.origin === location.origin && !address.pathname.startsWith('/api/') ? address.pathname + address.search : otherwise
}
