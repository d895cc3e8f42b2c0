/** How far a job is, from a line it told: the bar that it draws for a terminal becomes a part of one. */
export function heard(line: string): { text: string; part: number | null } {
  const text = line.replace(/^… /, '').replace(/[\u2500-\u259f]+/g, ' ').replace(/\s+/g, ' ').trim()
  const [done, all] = /(\d[\d,]*)\/(\d[\d,]*)/.exec(text)?.slice(1).map((number) => Number(number.replaceAll(',', ''))) ?? []
  return { text, part: done !== undefined && all ? Math.min(1, done / all) : null }
}
