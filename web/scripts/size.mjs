// Compressed size of what a browser loads before anything lazy; fails above the limit.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const LIMIT = 450_000
const dist = new URL('../dist', import.meta.url).pathname
const page = readFileSync(join(dist, 'index.html'), 'utf8')
const files = ['index.html', ...[...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((found) => found[1])]
const sizes = files.map((file) => [file, gzipSync(readFileSync(join(dist, file))).length])
const sum = sizes.reduce((sum, [, size]) => sum + size, 0)
for (const [file, size] of [...sizes, ['in all', sum]]) console.log(`${String(size).padStart(8)}  ${file}`)
if (sum > LIMIT) {
  console.error(`more than ${LIMIT} bytes`)
  process.exit(1)
}
