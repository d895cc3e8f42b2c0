/** What charts have in common: colours of the style sheet, and options that keep them calm. */
import type { EChartsCoreOption } from 'echarts/core'
import { appearance } from './theme.svelte'

export interface Palette {
  ink: string
  muted: string
  line: string
  surface: string
  sunken: string
  accent: string
  warn: string
  font: string
  series: string[]
}

/** The colours that the style sheet has now. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    ink: of('ink'),
    muted: of('muted'),
    line: of('line'),
    surface: of('surface'),
    sunken: of('sunken'),
    accent: of('accent'),
    warn: of('warn'),
    font: of('font'),
    series: Array.from({ length: 8 }, (_, place) => of(`c${place + 1}`)),
  }
}

export type Option = EChartsCoreOption

/** Text and hints as the page has them. Hints are drawn, not put into the page, for its security policy allows no inline style. */
export function base(colours: Palette): Option {
  return {
    backgroundColor: 'transparent',
    color: colours.series,
    textStyle: { fontFamily: colours.font, color: colours.ink, fontSize: 12 },
    animation: !appearance.printing && !matchMedia('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 350,
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    tooltip: hint(colours),
  }
}

export function hint(colours: Palette) {
  return {
    renderMode: 'richText',
    confine: true,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: colours.ink, fontFamily: colours.font, fontSize: 12, lineHeight: 18 },
  }
}

/** An axis of numbers with a name. */
export function axis(colours: Palette, name = '', more: Record<string, unknown> = {}) {
  return {
    name,
    nameTextStyle: { color: colours.muted, fontSize: 12 },
    axisLabel: { color: colours.muted, hideOverlap: true },
    // Its place is the edge, wherever the other axis has its zero.
    axisLine: { onZero: false, lineStyle: { color: colours.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colours.line, opacity: 0.6 } },
    ...more,
  }
}

/** Gives the browser a file to keep. */
export function save(name: string, url: string) {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
}
