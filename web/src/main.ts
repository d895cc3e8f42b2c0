import { mount } from 'svelte'
import App from './App.svelte'
import { begin } from './lib/i18n.svelte'
import { refresh } from './lib/session.svelte'
import { pageOf } from './shell/pages'
import './styles/index.css'

const target = document.getElementById('app')
if (!target) throw new Error('no #app')
// The page's own part comes while words are loaded. Should that fail, the page says so when it is shown.
void pageOf(location.pathname)?.load().catch(() => undefined)
// Words first: nothing is drawn in a language that is then replaced. Who is signed in comes meanwhile; without an answer the page says what it cannot reach.
await Promise.all([begin(), refresh().catch(() => undefined)])
mount(App, { target })
