// Shows the generated style of a tileset with MapLibre in a headless Chromium, and prints what came of it as JSON: the
// errors of the page, how many features of vector tiles are in view, and which share of the map is not the background.
//
// usage: node map.mjs URL-OF-SERVER NAME-OF-TILESET
//
// Everything but the map itself comes from this machine: the page and MapLibre are answered here, for the origin PAGE. A
// picture of a map that failed is kept in the folder `browser` of the build, which BUILD names.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [server, tileset] = process.argv.slice(2)
const target = fileURLToPath(new URL('../../target', import.meta.url))
const installed = join(process.env.BUILD ?? target, 'browser/')
const require = createRequire(installed)
const { chromium } = require('playwright-core')
const maplibre = join(installed, 'node_modules/maplibre-gl/dist')

/** The origin of the page. A page of any other origin is what other people's pages are. */
const PAGE = process.env.PAGE ?? server

/** A map that has less on it than this shows nothing. */
const LEAST_PAINTED = 0.1

const HTML = `<!doctype html>
<meta charset="utf-8">
<title>A map</title>
<link rel="stylesheet" href="/page/maplibre-gl.css">
<style>html, body, #map { margin: 0; height: 100% }</style>
<div id="map"></div>
<script type="module">
  import { Map } from '/page/maplibre-gl.mjs'
  window.problems = []
  window.map = new Map({
    container: 'map',
    style: '${server}/tiles/${tileset}/style.json',
    fadeDuration: 0,
    canvasContextAttributes: { preserveDrawingBuffer: true },
  })
  window.map.on('error', ({ error }) => window.problems.push(String(error?.message ?? error)))
  window.map.once('idle', () => { window.isDrawn = true })
</script>`

/** Answers for everything below /page. */
function answer(route) {
  const file = new URL(route.request().url()).pathname.slice('/page/'.length)
  if (file === 'map.html') {
    return route.fulfill({ contentType: 'text/html', body: HTML })
  }
  if (!/^maplibre-gl[a-z-]*\.(mjs|css)$/.test(file)) {
    return route.fulfill({ status: 404 })
  }
  const contentType = file.endsWith('.css') ? 'text/css' : 'text/javascript'
  return route.fulfill({ contentType, body: readFileSync(join(maplibre, file)) })
}

/** Runs in the page: which share of the map's pixels is not the background, from 0 to 1. */
function painted() {
  const picture = window.map.getCanvas()
  const copy = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  copy.drawImage(picture, 0, 0)
  const { data } = copy.getImageData(0, 0, picture.width, picture.height)
  const background = [0xf4, 0xf3, 0xee]
  let count = 0
  for (let at = 0; at < data.length; at += 4) {
    if (background.some((value, part) => Math.abs(value - data[at + part]) > 4)) count++
  }
  return count / (data.length / 4)
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    // A registry that pages of other origins read is not on the machine of the browser, as this one is: for that a browser
    // would ask people first.
    '--disable-features=LocalNetworkAccessChecks',
  ],
})
try {
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } })
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('requestfailed', (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`))
  await page.route('**/page/*', answer)
  await page.goto(`${PAGE}/page/map.html`)
  const isDrawn = await page
    .waitForFunction(() => window.isDrawn, undefined, { timeout: 30_000 })
    .then(() => true, () => false)
  if (!isDrawn) errors.push('the map is not drawn after 30 s')
  errors.push(...await page.evaluate(() => window.problems ?? []))
  const features = await page.evaluate(() => window.map?.queryRenderedFeatures().length ?? 0)
  const share = isDrawn ? await page.evaluate(painted) : 0
  if (errors.length > 0 || share < LEAST_PAINTED) {
    errors.push(`${Math.round(100 * share)} % of the map are painted`)
    await page.screenshot({ path: join(installed, `${tileset}.png`) })
  }
  console.log(JSON.stringify({ errors, features, painted: share }))
} finally {
  await browser.close()
}
