/** Asks before one leaves with unsaved input, by a link or by closing the page. */
export function guard(unsaved: () => boolean, question: () => string): () => void {
  const closing = (event: BeforeUnloadEvent) => {
    if (unsaved()) event.preventDefault()
  }
  const following = (event: MouseEvent) => {
    const link = (event.target as Element | null)?.closest?.('a')
    if (!link || link.target || link.hasAttribute('download') || event.metaKey || event.ctrlKey || event.shiftKey) return
    if (link.hash && link.pathname === location.pathname) return
    if (!unsaved() || confirm(question())) return
    event.preventDefault()
    event.stopPropagation()
  }
  addEventListener('beforeunload', closing)
  // Before the page itself follows the link.
  document.addEventListener('click', following, { capture: true })
  return () => {
    removeEventListener('beforeunload', closing)
    document.removeEventListener('click', following, { capture: true })
  }
}
