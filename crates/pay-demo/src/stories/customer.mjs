// A customer in a headless browser: opens the page in LINK, does there what ACTS says, and prints what it showed as one line of JSON.
// Ends with 3 where no browser could be started, with 1 where the page is not as it should be.

import { chromium } from "playwright-core";

// A link may hold a token, and what is typed a card: neither belongs into any output.
const told = (error) =>
  String(error?.message ?? error).split("\n")[0].replace(/(accessToken|state|code)=[^&\s"]*/g, "$1=...").replace(/\d[\d -]{10,}\d/g, "...");

function end(status, error) {
  console.error(told(error));
  process.exit(status);
}

const browser = await chromium
  .launch({
    executablePath: process.env.CHROMIUM,
    headless: true,
    timeout: 15_000,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  })
  .catch((error) => end(3, error));

try {
  const context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  // Nothing but this machine is asked for anything.
  await context.route("**/*", (route) =>
    new URL(route.request().url()).hostname === "127.0.0.1" ? route.continue() : route.abort(),
  );
  const page = await context.newPage();
  await page.goto(process.env.LINK);
  const shown = await page.textContent("h1");
  const { choose, fill, press, then, ends } = JSON.parse(process.env.ACTS);
  if (choose) await page.locator("input[type=radio]").first().check();
  for (const [label, value] of fill) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: new RegExp(`^${press}`) }).click();
  if (then) await page.getByRole("button", { name: new RegExp(`^${then}`) }).click();
  if (ends.url) await page.waitForURL(ends.url);
  else await page.getByRole("heading", { name: new RegExp(ends.heading) }).waitFor();
  console.log(JSON.stringify({ shown: shown.trim().replace(/\s+/g, " "), version: browser.version() }));
  await browser.close();
} catch (error) {
  await browser.close();
  end(1, error);
}
