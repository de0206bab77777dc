// A customer of the merchant's site in a headless browser: logs in, connects a wallet on the sandbox's consent page, and buys.
// SITE, PASSWORD (of the sandbox's user ada), CHROMIUM and SHOTS (a folder for pictures, or nothing) are in the environment.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const { SITE, PASSWORD, CHROMIUM, SHOTS } = process.env;
const axe = readFileSync(createRequire(`${process.cwd()}/`).resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  headless: true,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});

/** Nothing that axe knows of is wrong, and nothing is wider than the page. */
async function looked(page, name) {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map((it) => it.id), [], name);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name} is too wide`);
}

const press = (page, name) => page.getByRole("button", { name }).click();

async function logIn(page) {
  await page.goto(SITE);
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill("ann-likes-books");
  await press(page, "Log in");
}

async function connect(page) {
  await press(page, "Connect Paga");
  await page.getByLabel("User name").fill("ada");
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Sign in");
  await press(page, "Approve");
}

try {
  // A small telephone, and every page looked at.
  let context = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: "en" });
  context.setDefaultTimeout(10_000);
  let page = await context.newPage();
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(SITE);
  await looked(page, "log-in");
  await logIn(page);
  await page.getByText("Hello, ann.").waitFor();
  await looked(page, "shop");
  await connect(page);
  await page.getByText("Your Paga wallet is connected.").waitFor();
  assert.equal(new URL(page.url()).search, "", "the code does not stay in the address");
  await looked(page, "connected");
  await press(page, "Buy the book");
  await page.getByRole("heading", { name: "Paid" }).waitFor();
  await looked(page, "paid");
  // The browser asks before it sends a form again; this one says yes.
  await page.reload();
  await page.getByRole("heading", { name: "Paid" }).waitFor();
  await page.getByRole("link", { name: "Back to the shop" }).click();
  await press(page, "Disconnect Paga");
  await page.getByText("go to Paga").waitFor();
  assert.deepEqual(errors, []);
  await context.close();

  // The same without JavaScript; Paga's page remembers nobody in a new browser.
  context = await browser.newContext({ javaScriptEnabled: false });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  await logIn(page);
  await connect(page);
  await press(page, "Buy the book");
  await page.getByRole("heading", { name: "Paid" }).waitFor();
  await page.goto(SITE);
  await press(page, "Sign out");
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await browser.close();
} catch (error) {
  await browser.close();
  throw error;
}
