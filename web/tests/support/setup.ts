import { request } from '@playwright/test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LANGUAGES, PASSWORD, USERS, invitation, start, type Place } from './servers'

/** Signs a user in for the first time and keeps the session for the tests. */
async function welcome(place: Place, user: string, file: string) {
  const code = invitation(place, user)
  const context = await request.newContext({ baseURL: place.url })
  const { csrf } = (await (await context.get('/api/v1/session')).json()) as { csrf: string }
  const answer = await context.post('/api/v1/invitations', { data: { code, password: PASSWORD }, headers: { 'X-CSRF-Token': csrf, Origin: place.url } })
  if (!answer.ok()) throw new Error(`${user} cannot begin: ${answer.status()} ${await answer.text()}`)
  await context.storageState({ path: file })
  await context.dispose()
}

export default async function setup(): Promise<() => Promise<void>> {
  const { servers, stop } = await start()
  try {
    for (const language of LANGUAGES) {
      const folder = join(servers.folder, `sessions-${language}`)
      mkdirSync(folder)
      for (const user of USERS) await welcome(servers.accounts[language], user, join(folder, `${user}.json`))
    }
    writeFileSync(join(servers.folder, 'servers.json'), JSON.stringify(servers))
    process.env.DARI_PAGE_SERVERS = join(servers.folder, 'servers.json')
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
