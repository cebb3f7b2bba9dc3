// Looks at pages with a real browser. Plain JavaScript, since its packages are installed by `npm run screenshots` alone.
// Reads a list of views as JSON from standard input: {name, url, width, height, dark, out?}, and writes what was seen as JSON.
import { text } from 'node:stream/consumers';
import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';

const views = JSON.parse(await text(process.stdin));
const browser = await puppeteer.launch({
  args: [...chromium.args, '--no-sandbox'],
  executablePath: await chromium.executablePath(),
  headless: 'shell',
});
try {
  const seen = [];
  for (const view of views) seen.push(await look(view));
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}

async function look({ name, url, width, height, dark, out }) {
  const page = await browser.newPage();
  const complaints = [];
  const requests = [];
  // A red page comes with 503, which the browser mentions.
  page.on('console', (message) => {
    if (message.location().url !== url) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.setViewport({ width, height, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  const response = await page.goto(url, { waitUntil: 'load' });
  const shown = await page.evaluate(() => ({
    title: document.title,
    text: document.body.innerText,
    scripts: document.scripts.length,
    background: getComputedStyle(document.body).backgroundColor,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    charts: [...document.querySelectorAll('svg')].map((svg) => Math.round(svg.getBoundingClientRect().width)),
  }));
  if (out !== undefined) await page.screenshot({ path: out, fullPage: true });
  await page.close();
  return { name, status: response.status(), complaints, requests, ...shown };
}
