// What the scripts share: a browser that reaches loopback only, and the checks that every page must pass.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs `story` with a browser of its own, whose profile is new and empty, and ends both. */
export async function withBrowser(story) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    headless: true,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  try {
    await story(browser);
  } finally {
    await browser.close();
  }
}

/** A tab. What a page would load from elsewhere is refused and remembered, as is every complaint of the browser. */
export async function tab(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 850 }, ...options });
  const strangers = [];
  const complaints = [];
  await context.route("**/*", (route) => {
    const { hostname } = new URL(route.request().url());
    if (hostname === "127.0.0.1") return route.continue();
    strangers.push(hostname);
    return route.abort();
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.done = async () => {
    assert.deepEqual(strangers, [], "nothing is loaded from elsewhere");
    assert.deepEqual(complaints.filter((line) => !line.startsWith("Failed to load resource")), []);
    await context.close();
  };
  return page;
}

/** The page as it stands: axe in both colours, no horizontal scroll at 360 px, and pictures of all three. */
export async function looked(page, name) {
  const size = page.viewportSize();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document));
    const broken = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(broken, [], `${name}, ${colorScheme}: axe`);
    assert.ok(found.passes.length > 10, `${name}: axe looked at something`);
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 360, height: 740 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `${name}: ${width} px wide at 360 px`);
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-360.png`), fullPage: true });
  await page.setViewportSize(size);
  console.log(`${name}: axe finds nothing in light and dark, ${width} px wide at 360 px`);
}


/** The merchant's own site: each path is a page that says so; `/broken` fails, `/moved` leads on. */
export async function merchant() {
  const visits = [];
  const server = createServer((request, answer) => {
    if (request.url !== "/favicon.ico") visits.push(request.url);
    if (request.url.startsWith("/broken")) answer.statusCode = 503;
    if (request.url.startsWith("/moved")) answer.writeHead(302, { location: "/landed" });
    else answer.setHeader("content-type", "text/html");
    answer.end(`<!doctype html><html lang="en"><title>shop</title><h1>shop ${request.url.replace(/[<>&]/g, "")}</h1>`);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}`, visits, close: () => server.close() };
}
