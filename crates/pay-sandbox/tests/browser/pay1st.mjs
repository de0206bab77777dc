// Pay1st's hosted checkout and its pages: node pay1st.mjs STORY, with PAY1ST_* and SANDBOX in the environment.

import assert from "node:assert/strict";
import { looked, merchant, tab, withBrowser } from "./lib.mjs";
import { channels, charges, create, link, status } from "./pay1st_api.mjs";

const { PAY1ST_BASE_URL, PAY1ST_API_KEY, PAY1ST_API_SECRET, PAY1ST_SIGNING_KEY, SANDBOX } = process.env;
const PERSON = {
  "First name": "Ada", Surname: "Obi", "E-mail": "ada.obi@example.com", Phone: "+234 810 000 0000",
};

async function fill(page, person = PERSON) {
  for (const [label, value] of Object.entries(person)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.locator("input[type=radio]").first().check();
}

const press = (page, name) => page.getByRole("button", { name }).click();
const shown = (page) => page.textContent("h1");

const stories = {
  async a_person_pays_fails_cancels_and_comes_back(browser, shop) {
    const page = await tab(browser);
    for (const [button, end, path, charged] of [
      [/^Pay NGN 100/, "SUCCESSFUL", "success", 1],
      [/^Fail/, "FAILED", "failure", 0],
      [/^Pay later/, "PENDING", "pending", 0],
      [/^Cancel/, "CANCELLED", "cancel", 0],
    ]) {
      const payment = await create(shop);
      await page.goto(link(payment));
      assert.match(await shown(page), /NGN 100/);
      if (end !== "CANCELLED") await fill(page);
      await press(page, button);
      await page.waitForURL(`${shop.url}/${path}*`);
      assert.match(await shown(page), new RegExp(`shop /${path}`));
      assert.equal(await status(payment), end);
      assert.equal(await charges(payment), charged, end);
      await page.goto(link(payment));
      assert.match(await page.textContent("main"), new RegExp(end));
      assert.equal(await page.locator("button").count(), 0, `${end}: nothing left to press`);
      if (end === "SUCCESSFUL") {
        assert.match(await shown(page), /already completed/);
        await looked(page, "pay1st-completed");
        await page.getByRole("link", { name: "Back to the shop" }).click();
        await page.waitForURL(`${shop.url}/success*`);
      }
      if (end === "PENDING") await looked(page, "pay1st-waiting");
    }
    assert.equal(shop.visits[0], "/success?order=1", "the callback untouched");
    const payment = await create(shop, { callbackCancelUrl: `${shop.url}/moved` });
    await page.goto(link(payment));
    await press(page, /^Cancel/);
    await page.waitForURL(`${shop.url}/landed`);
    await page.done();
  },

  async a_payment_is_left_to_expire(browser, shop) {
    const page = await tab(browser);
    const payment = await create(shop);
    await page.goto(link(payment));
    await press(page, /^Let it expire/);
    await page.getByRole("heading", { name: "This payment was abandoned" }).waitFor();
    assert.equal(await status(payment), "ABANDONED");
    assert.deepEqual(shop.visits, [], "no redirect");
    await looked(page, "pay1st-abandoned");
    await page.done();
  },

  async the_page_looks_right_and_says_what_is_missing(browser, shop) {
    const page = await tab(browser);
    const payment = await create(shop);
    await page.goto(link(payment));
    await looked(page, "pay1st-checkout");
    assert.match(await page.textContent("header"), /Sandbox.*not made by Pay1st/);
    // The browser's own checks are off, so that the page's are seen.
    await page.evaluate(() => { document.querySelector("form").noValidate = true; });
    await page.getByLabel("E-mail").fill("ada");
    await press(page, /^Pay NGN/);
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("E-mail").inputValue(), "ada", "what was typed stays");
    assert.equal(await page.locator("[aria-invalid=true]").count(), 4);
    await looked(page, "pay1st-checkout-missing");
    await page.getByRole("link", { name: "Enter your surname" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "lastName");
    assert.equal(await status(payment), "NEW");

    const [channel] = await channels(payment);
    await page.goto(link(payment, `&channelId=${channel.id}`));
    assert.equal(await page.locator("input[type=radio]").count(), 0, "nothing to choose");
    assert.match(await page.textContent("main"), new RegExp(`${channel.channel.name}, chosen in the shop`));
    await looked(page, "pay1st-checkout-channel");
    await page.done();
  },

  async a_person_pays_by_keyboard_alone(browser, shop) {
    const page = await tab(browser);
    const payment = await create(shop);
    await page.goto(link(payment));
    const values = Object.values(PERSON);
    const seen = [];
    for (let stop = 0; stop < 40; stop++) {
      await page.keyboard.press("Tab");
      const { type, tag, text, outline } = await page.evaluate(() => {
        const { activeElement: it } = document;
        return { type: it.type, tag: it.tagName, text: it.textContent, outline: getComputedStyle(it).outlineStyle };
      });
      assert.equal(outline, "solid", `the focus on ${tag} is visible`);
      seen.push(type ?? tag);
      if (type === "radio") {
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("Space");
      } else if (tag === "INPUT") {
        await page.keyboard.type(values.shift());
      } else if (/^Pay NGN/.test(text.trim())) {
        await page.keyboard.press("Enter");
        break;
      }
    }
    await page.waitForURL(`${shop.url}/success*`);
    assert.deepEqual(seen, ["radio", "text", "text", "email", "tel", "submit"], "no detours");
    assert.equal(await charges(payment), 1);
    await page.done();
  },

  async everything_works_without_javascript(browser, shop) {
    const page = await tab(browser, { javaScriptEnabled: false });
    const payment = await create(shop);
    await page.goto(link(payment));
    await fill(page);
    await press(page, /^Pay NGN/);
    await page.waitForURL(`${shop.url}/success*`);
    assert.equal(await charges(payment), 1);
    const later = await create(shop);
    await page.goto(link(later));
    await fill(page);
    await press(page, /^Pay later/);
    await page.waitForURL(`${shop.url}/pending*`);
    await page.goto(`${SANDBOX}/_sandbox/pages/pay1st/payments`);
    await page.getByRole("button", { name: `Complete ${later.reference}` }).click();
    await page.waitForLoadState();
    assert.equal(await status(later), "SUCCESSFUL");
    await page.done();
  },

  async a_double_submit_is_charged_once(browser, shop) {
    const [page, stale] = [await tab(browser), await tab(browser)];
    const payment = await create(shop);
    const address = link(payment);
    for (const each of [page, stale]) {
      await each.goto(address);
      await fill(each);
    }
    const button = page.getByRole("button", { name: /^Pay NGN/ });
    await button.evaluate((it) => { it.click(); it.click(); });
    await page.waitForURL(`${shop.url}/success*`);
    await page.goBack();
    assert.match(await shown(page), /already completed/, "nothing old is shown");
    // The other tab still shows the form, and leads to the same place.
    await press(stale, /^Pay NGN/);
    await stale.waitForURL(`${shop.url}/success*`);
    // Nobody cancels what was paid.
    const form = { action: "cancel" };
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
    assert.equal(answer.headers.get("location"), null);
    assert.match(await answer.text(), /already completed/);
    assert.equal(await status(payment), "SUCCESSFUL");
    assert.equal(await charges(payment), 1);

    // Sixteen at once, without a browser between.
    const many = await create(shop);
    const [channel] = await channels(many);
    const body = new URLSearchParams({
      action: "pay", channelId: channel.id, firstName: "Ada", lastName: "Obi", email: "a@example.com", phoneNumber: "+234810000000",
    }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => fetch(link(many), { method: "POST", headers, body, redirect: "manual" })),
    );
    assert.deepEqual([...new Set(answers.map((it) => it.status))], [302]);
    assert.equal(await charges(many), 1);
    await page.done();
    await stale.done();
  },

  async wrong_links_are_refused_and_spoilt_tokens_explained(browser, shop) {
    const page = await tab(browser);
    const payment = await create(shop);
    const open = async (address, code, words) => {
      const answer = await page.goto(address);
      assert.equal(answer.status(), code, address);
      assert.match(await page.textContent("main"), words);
      assert.ok(!(await page.content()).includes(payment.accessToken), "the token is not repeated");
      assert.equal(await page.locator("button").count(), 0);
    };
    const wrong = { ...payment, accessToken: `${"A".repeat(680)}AAA=` };
    await open(link(wrong), 401, /no token of this sandbox/);
    await looked(page, "pay1st-link-wrong");
    await open(`${PAY1ST_BASE_URL}/checkout?reference=${payment.reference}`, 401, /has no accessToken/);
    await open(link({ ...payment, accessToken: encodeURIComponent(payment.accessToken) }), 401, /percent-encoded twice.*%3D/s);
    await looked(page, "pay1st-link-mangled");
    const cut = payment.accessToken.replace(/=+$/, "");
    await open(link({ ...payment, accessToken: cut }), 401, /the = at the end of the token was lost/);
    await open(link(payment).replaceAll("%2B", "+"), 401, /read as a space: write %2B/);
    await open(link(payment).replaceAll("%3D", "="), 401, /not percent-encoded/);
    await open(link({ ...payment, reference: "C-000000000000000-P" }), 404, /reference/);
    await fetch(`${SANDBOX}/_sandbox/clock`, { method: "POST", body: '{"advance_seconds":86400}' });
    await open(link(payment), 401, /expired/);
    await fetch(`${SANDBOX}/_sandbox/clock`, { method: "POST", body: '{"offset_seconds":0}' });
    await page.done();
  },

  async what_merchants_and_customers_write_is_escaped(browser, shop) {
    const page = await tab(browser);
    const bad = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&lt;`;
    const payment = await create(shop, {
      products: [{ title: `Credits ${bad}`, sku: bad, price: 100, quantity: 1, currencyCode: "NGN" }],
      partnerReference: `order ${bad} ${process.pid}`,
    });
    const harmless = async (place) => {
      assert.equal(await page.locator("script, img").count(), 0, place);
      assert.ok((await page.textContent("main")).includes("<script>alert(1)</script>") || place.endsWith("typed"), place);
    };
    await page.goto(link(payment));
    await harmless("checkout");
    await page.evaluate(() => { document.querySelector("form").noValidate = true; });
    await page.getByLabel("First name").fill(bad);
    await press(page, /^Pay NGN/);
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("First name").inputValue(), bad);
    await harmless("typed");
    await page.goto(link(payment, `&channelId=${encodeURIComponent(bad)}`));
    assert.equal(await page.locator("script, img").count(), 0, "channel");
    await page.goto(`${SANDBOX}/_sandbox/pages/pay1st/payments`);
    await harmless("payments");
    await page.done();
  },

  async the_sandbox_pages_work(browser, shop) {
    const page = await tab(browser);
    const hooks = `${shop.url}/hooks?secret=s3cr3t`;
    await page.goto(`${SANDBOX}/_sandbox/pages/pay1st/payments`);
    await looked(page, "pay1st-payments-none");
    await page.goto(`${SANDBOX}/_sandbox/pages/pay1st/settings`);
    await page.getByLabel("Webhook URL").fill("not an address");
    await press(page, "Save");
    await page.getByRole("alert").waitFor();
    await looked(page, "pay1st-settings-wrong");
    await page.getByLabel("Webhook URL").fill(hooks);
    await page.getByLabel("Success callback URL").fill(`${shop.url}/default-success`);
    await press(page, "Save");
    await page.getByRole("status").waitFor();
    await looked(page, "pay1st-settings");

    const payment = await create(shop, { callbackSuccessUrl: undefined });
    await page.goto(link(payment));
    await fill(page);
    await press(page, /^Pay later/);
    await page.waitForURL(`${shop.url}/pending*`);
    await page.goto(`${SANDBOX}/_sandbox/pages/pay1st/payments`);
    assert.match(await page.textContent("main"), /PENDING/);
    await looked(page, "pay1st-payments");
    await page.getByRole("button", { name: `Complete ${payment.reference}` }).click();
    await page.waitForLoadState();
    assert.match(await page.textContent("main"), /SUCCESSFUL/);
    assert.equal(await charges(payment), 1);
    await page.goto(link(payment));
    assert.equal(await page.getByRole("link", { name: "Back to the shop" }).getAttribute("href"), `${shop.url}/default-success`);

    const received = () => shop.visits.filter((path) => path.startsWith("/hooks")).length;
    await until(() => received() >= 2);
    await page.goto(`${SANDBOX}/_sandbox/pages/deliveries`);
    const log = await page.textContent("main");
    assert.match(log, /SUCCESSFUL/);
    assert.match(log, /delivered/);
    assert.ok(!log.includes("s3cr3t"), "no query of a webhook's address");
    await looked(page, "deliveries");
    const before = received();
    await page.getByRole("button", { name: "Resend #1", exact: true }).click();
    await until(() => received() === before + 1);

    for (const path of ["payments", "settings"]) {
      await page.goto(`${SANDBOX}/_sandbox/pages/pay1st/${path}`);
      for (const secret of [PAY1ST_API_SECRET, PAY1ST_SIGNING_KEY, PAY1ST_API_KEY, payment.accessToken]) {
        assert.ok(!(await page.content()).includes(secret), `${path} shows no secret`);
      }
    }
    await page.goto(`${SANDBOX}/_sandbox/pages/requests?provider=pay1st`);
    const requests = await page.content();
    for (const text of [payment.accessToken, "Obi", "ada.obi", "810 000"]) assert.ok(!requests.includes(text), text);
    await looked(page, "requests-pay1st");
    await page.done();
  },

  async a_delivery_that_fails_is_tried_again(browser, shop) {
    const page = await tab(browser);
    const payment = await create(shop, { webhookUrl: `${shop.url}/broken` });
    await page.goto(link(payment));
    await fill(page);
    await press(page, /^Pay NGN/);
    await page.waitForURL(`${shop.url}/success*`);
    const tries = () => shop.visits.filter((path) => path === "/broken").length;
    assert.equal(tries(), 1, "before the customer came back");
    await page.goto(`${SANDBOX}/_sandbox/pages/deliveries`);
    const log = await page.textContent("main");
    assert.match(log, /waiting/);
    assert.match(log, /next try/);
    assert.match(log, /answered 503/);
    await page.getByText("Body").click();
    assert.match(await page.locator("pre").innerText(), /"orderAmount"/);
    assert.ok(!(await page.locator("pre").innerText()).includes(payment.accessToken));
    await looked(page, "deliveries-waiting");
    await page.goto(SANDBOX);
    await press(page, "1 minute");
    await until(() => tries() === 2);
    await page.goto(`${SANDBOX}/_sandbox/pages/deliveries`);
    await press(page, "Resend #1");
    await until(() => tries() === 3);
    await page.done();
  },
};

async function until(done) {
  for (let wait = 0; wait < 1000 && !done(); wait++) await new Promise((later) => setTimeout(later, 20));
  assert.ok(done(), "in twenty seconds");
}

await withBrowser(async (browser) => {
  const shop = await merchant();
  try {
    await stories[process.argv[2]](browser, shop);
  } finally {
    shop.close();
  }
});
