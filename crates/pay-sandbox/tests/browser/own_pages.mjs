// The start page and the request log: node own_pages.mjs SANDBOX_URL

import assert from "node:assert/strict";
import { looked, tab, withBrowser } from "./lib.mjs";

const sandbox = process.argv[2];

await withBrowser(async (browser) => {
  const page = await tab(browser);
  await page.goto(sandbox);
  assert.match(await page.textContent("main"), /\/pagamio\/api\/v1/);
  await looked(page, "start");

  // By keyboard alone: the log is two stops away, and each stop can be seen.
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid", "the focus is visible");
  for (let stop = 0; stop < 10 && (await page.evaluate(() => document.activeElement.textContent)) !== "Requests"; stop++) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.waitForURL("**/_sandbox/pages/requests");

  const log = await page.textContent("main");
  assert.match(log, /fault\s*html/, "the fault");
  assert.ok(log.includes("<script>alert('reference')</script>"), "shown as text");
  assert.equal(await page.locator("main script, main img").count(), 0, "never as markup");
  await looked(page, "requests");

  await page.goto(`${sandbox}/_sandbox/`);
  await page.getByRole("button", { name: "1 hour" }).click();
  await page.waitForURL(`${sandbox}/`);
  assert.match(await page.textContent("main"), /3600 s ahead of real time/);

  await page.goto(`${sandbox}/_sandbox/pages/none`);
  await looked(page, "not-found");
  await page.done();
});
