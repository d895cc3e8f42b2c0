// Fails where a message is missing in a language or used nowhere.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../src', import.meta.url).pathname
const read = (name) => JSON.parse(readFileSync(join(root, 'messages', name), 'utf8'))
const source = readdirSync(root, { recursive: true })
  .filter((name) => /\.(svelte|ts)$/.test(name))
  .map((name) => readFileSync(join(root, name), 'utf8'))
  .join('\n')

// Keys that are put together from data: said('col', …), t(`state.${…}`).
const prefixes = [...source.matchAll(/said\(\s*'([^']+)'/g)].map((found) => `${found[1]}.`)
prefixes.push(...[...source.matchAll(/`([a-z][\w.-]*\.)\$\{/g)].map((found) => found[1]))
const used = (key) => ["'", '"', '`'].some((quote) => source.includes(quote + key + quote)) || prefixes.some((one) => key.startsWith(one))

const wrong = []
for (const file of ['', 'register.']) {
  const [en, ko] = [read(`${file}en.json`), read(`${file}ko.json`)]
  for (const key of new Set([...Object.keys(en), ...Object.keys(ko)])) {
    if (!(key in en)) wrong.push(`${key}: no English`)
    if (!(key in ko)) wrong.push(`${key}: no Korean`)
    if (!used(key)) wrong.push(`${key}: used nowhere`)
    const places = (text) => [...new Set([...(text ?? '').matchAll(/\{(\w+)/g)].map((found) => found[1]))].sort().join()
    if (key in en && key in ko && places(en[key]) !== places(ko[key])) wrong.push(`${key}: the languages hold different values`)
  }
}
for (const [, key] of source.matchAll(/\bt\(\s*'([^']+)'/g)) {
  if (!(key in read('en.json')) && !(key in read('register.en.json'))) wrong.push(`${key}: used, but there is no message`)
}
if (wrong.length > 0) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
