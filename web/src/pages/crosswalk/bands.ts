/** Where the entries and bands of a crosswalk are drawn. */
import type { Row } from '../../lib/types'

export const HEIGHT = 56
const GAP = 10

export interface Entry {
  id: string
  name: string
  /** Sum of the similarities of its pairs. */
  sum: number
}

export interface Band {
  key: string
  row: Row
  /** Places of its entries in their columns. */
  a: number
  b: number
  path: string
  width: number
}

export function keyOf(row: Row): string {
  return `${row.a_id}~${row.b_id}`
}

function entries(named: { id: string; name: string }[], rows: readonly Row[], side: 'a_id' | 'b_id'): Entry[] {
  const sum = (id: string) => rows.filter((row) => row[side] === id).reduce((sum, row) => sum + Number(row.similarity), 0)
  return named.map((entry) => ({ ...entry, sum: sum(entry.id) }))
}

/** Entries of the second framework beside those of the first that they meet, so that bands cross little; those that meet nothing last. */
function untangled(b: Entry[], a: Entry[], rows: readonly Row[]): Entry[] {
  const middle = (entry: Entry) => {
    const own = rows.filter((row) => row.b_id === entry.id)
    const weighed = own.reduce((sum, row) => sum + Number(row.similarity) * a.findIndex((one) => one.id === row.a_id), 0)
    return entry.sum > 0 ? weighed / entry.sum : Infinity
  }
  return b.toSorted((x, y) => middle(x) - middle(y) || 0)
}

export function layout(namedA: { id: string; name: string }[], namedB: { id: string; name: string }[], rows: readonly Row[], width: number) {
  const a = entries(namedA, rows, 'a_id')
  const b = untangled(entries(namedB, rows, 'b_id'), a, rows)
  const most = Math.max(0.01, ...[...a, ...b].map((entry) => entry.sum))
  const scale = (HEIGHT - GAP) / most
  const placeOf = (all: Entry[], id: unknown) => all.findIndex((entry) => entry.id === id)
  const known = rows.filter((row) => placeOf(a, row.a_id) >= 0 && placeOf(b, row.b_id) >= 0)

  /** Middles of the bands where they leave an entry, stacked in the order of the other column. */
  const ends = (own: Entry[], other: Entry[], side: 'a_id' | 'b_id', far: 'a_id' | 'b_id') => {
    const at = new Map<string, number>()
    own.forEach((entry, place) => {
      let y = place * HEIGHT + (HEIGHT - entry.sum * scale) / 2
      const bands = known.filter((row) => row[side] === entry.id).toSorted((x, z) => placeOf(other, x[far]) - placeOf(other, z[far]))
      for (const row of bands) {
        const thick = Number(row.similarity) * scale
        at.set(keyOf(row), y + thick / 2)
        y += thick
      }
    })
    return at
  }
  const [fromA, toB] = [ends(a, b, 'a_id', 'b_id'), ends(b, a, 'b_id', 'a_id')]
  const bands: Band[] = known.map((row) => {
    const [y1, y2] = [fromA.get(keyOf(row)) ?? 0, toB.get(keyOf(row)) ?? 0]
    const path = `M0 ${y1.toFixed(1)}C${width * 0.45} ${y1.toFixed(1)} ${width * 0.55} ${y2.toFixed(1)} ${width} ${y2.toFixed(1)}`
    return { key: keyOf(row), row, a: placeOf(a, row.a_id), b: placeOf(b, row.b_id), path, width: Math.max(1.5, Number(row.similarity) * scale) }
  })
  return { a, b, bands, height: Math.max(a.length, b.length) * HEIGHT }
}
