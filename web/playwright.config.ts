import { defineConfig } from '@playwright/test'
import type { Chosen } from './tests/support/test'

/** The page in a real browser, before the program at $DARI; see tests/support/servers.ts. */
export default defineConfig<Chosen>({
  testDir: 'tests',
  outputDir: 'test-results',
  globalSetup: './tests/support/setup.ts',
  workers: 2,
  retries: 0,
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  timeout: 90_000,
  // The servers share the processors with the browsers.
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    // Debian's Chromium: nothing is downloaded.
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  projects: [
    { name: 'en', use: { locale: 'en-US', language: 'en' } },
    { name: 'ko', use: { locale: 'ko-KR', language: 'ko' } },
  ],
})
