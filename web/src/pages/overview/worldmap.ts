/** The map of the world with countries named by their two-letter codes. */
import type { FeatureCollection, Geometry, Position } from 'geojson'
import type { GeometryCollection, Topology } from 'topojson-specification'
import atlas from 'world-atlas/countries-110m.json?url'
import { ofNumber } from '../../lib/countries'

/** A ring across the date line goes on beyond 180° in place of running back around the world. */
function unbroken(ring: Position[]): Position[] {
  const longitudes = ring.map(([longitude]) => longitude ?? 0)
  if (Math.max(...longitudes) - Math.min(...longitudes) <= 180) return ring
  return ring.map(([longitude = 0, latitude = 0]) => [longitude < 0 ? longitude + 360 : longitude, latitude])
}

function whole(geometry: Geometry): Geometry {
  if (geometry.type === 'Polygon') return { ...geometry, coordinates: geometry.coordinates.map(unbroken) }
  if (geometry.type !== 'MultiPolygon') return geometry
  return { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(unbroken)) }
}

const ANTARCTICA = 'AQ'
let registered: Promise<void> | null = null

export function prepare({ registerMap }: typeof import('../../lib/echarts')): Promise<void> {
  registered ??= (async () => {
    const [{ feature }, response] = await Promise.all([import('topojson-client'), fetch(atlas)])
    const world = (await response.json()) as Topology<{ countries: GeometryCollection }>
    const all = feature(world, world.objects.countries) as FeatureCollection
    const features = all.features
      .map((one) => ({ ...one, properties: { name: ofNumber(one.id) ?? '' }, geometry: whole(one.geometry) }))
      .filter((one) => one.properties.name !== ANTARCTICA)
    registerMap('world', { type: 'FeatureCollection', features } as Parameters<typeof registerMap>[1])
  })()
  registered.catch(() => (registered = null))
  return registered
}
