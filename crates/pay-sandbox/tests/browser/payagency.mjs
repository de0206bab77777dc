// Pay Agency's hosted pages and the sandbox's about it: node payagency.mjs STORY, with PAYAGENCY_* and SANDBOX in the environment.

import assert from "node:assert/strict";
import { looked, merchant, tab, withBrowser } from "./lib.mjs";
import {
  CARDS, apm, card, cardNumbers, charges, cryptoLink, everything, hosted, link, masked, orderId, payin, ramp, status,
} from "./payagency_api.mjs";

const { SANDBOX, PAYAGENCY_SECRET_KEY, PAYAGENCY_ENCRYPTION_KEY, PAYAGENCY_LIVE_SECRET_KEY } = process.env;
const OPERATOR = `${SANDBOX}/_sandbox/pages/payagency`;
// Begins with a zero, and so is no port, no id of a process and no other number that an address or a page may hold.
const CVV = "0907";
const GROUPED = (number) => number.replace(/(\d{4})(?=\d)/g, "$1 ");
const PAYER = { "First name": "Grace", Surname: "Hopperova", "E-mail": "grace.h@example.com" };

async function fill(page, fields) {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
}

const typeCard = (page, number, more = {}) =>
  fill(page, { "Card number": GROUPED(number), Expires: "11 / 30", "Security code": CVV, ...more });
const press = (page, name) => page.getByRole("button", { name }).click();
const shown = (page) => page.textContent("h1");
const main = (page) => page.textContent("main");
const control = (path, body) => fetch(`${SANDBOX}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });

/** Every answer of a tab: no store keeps it, and no address of it has a card in it. */
function watch(page) {
  const seen = [];
  page.on("response", (answer) => {
    const url = answer.url();
    if (url.includes("/payagency/")) seen.push({ url, cache: answer.headers()["cache-control"], answer });
  });
  return seen;
}

const stories = {
  async a_payer_approves_declines_leaves_and_comes_back(browser, shop) {
    const page = await tab(browser);
    for (const [button, end, charged] of [[/^Yes/, "SUCCESS", 1], [/^No/, "FAILED", 0], [/^Leave/, "ABANDONED", 0]]) {
      const payment = await card(shop, CARDS.threeDs);
      assert.equal(payment.status, "REDIRECT");
      await page.goto(payment.page);
      assert.match(await shown(page), /GBP 100/);
      assert.ok((await main(page)).includes(masked(CARDS.threeDs)));
      if (end === "SUCCESS") {
        assert.match(await page.textContent("header"), /Sandbox.*not made by Pay Agency/);
        await looked(page, "payagency-3ds");
      }
      await press(page, button);
      if (end === "ABANDONED") {
        await page.getByRole("heading", { name: "This payment was abandoned" }).waitFor();
        await looked(page, "payagency-abandoned");
      } else {
        await page.waitForURL(`${shop.url}/back?order=1&x=%2B`);
        assert.match(await shown(page), /shop/);
      }
      assert.equal(await status(payment), end);
      assert.equal(await charges(payment), charged, end);
      // Who comes back finds nothing to press.
      await page.goto(payment.page);
      assert.match(await main(page), new RegExp(end));
      assert.equal(await page.locator("button").count(), 0, end);
      if (end === "ABANDONED") continue;
      await looked(page, `payagency-${end.toLowerCase()}`);
      await page.getByRole("link", { name: "Back to the shop" }).click();
      await page.waitForURL(`${shop.url}/back*`);
    }
    // Who closes the tab has gone away too, after a while.
    const closed = await card(shop, CARDS.threeDs);
    await page.goto(closed.page);
    await page.goto("about:blank");
    await control("clock", { advance_seconds: 86_400 });
    assert.equal(await status(closed), "ABANDONED");
    await page.goto(closed.page);
    assert.match(await shown(page), /abandoned/);
    await page.done();
  },

  async a_card_is_typed_on_the_hosted_page(browser, shop) {
    const page = await tab(browser);
    const seen = watch(page);
    const payment = await hosted(shop);
    await page.goto(payment.page);
    await looked(page, "payagency-card");
    await page.getByText("Which cards can be used here").click();
    assert.match(await main(page), /401288…1881\s*3-D Secure/);
    assert.deepEqual(cardNumbers(await page.content()), []);
    await looked(page, "payagency-card-list");
    for (const [label, autocomplete] of [["Card number", "cc-number"], ["Expires", "cc-exp"], ["Security code", "cc-csc"]]) {
      const field = page.getByLabel(label, { exact: true });
      assert.equal(await field.getAttribute("autocomplete"), autocomplete);
      assert.equal(await field.getAttribute("inputmode"), "numeric");
      assert.equal(await field.getAttribute("required"), "");
    }
    // Wrong at first: what was typed is told of, and not shown again.
    await page.evaluate(() => { document.querySelector("form").noValidate = true; });
    await typeCard(page, CARDS.paid.replace(/1$/, "2"), { Expires: "13/30", "Security code": "12" });
    await press(page, /^Pay GBP 100/);
    await page.getByRole("alert").waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 3);
    for (const input of await page.locator("input").all()) assert.equal(await input.inputValue(), "", "nothing is shown again");
    assert.deepEqual(cardNumbers(await page.content()), []);
    await looked(page, "payagency-card-wrong");
    await page.getByRole("link", { name: /expiry date/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "card_expiry");
    assert.equal(await charges(payment), 0);

    await typeCard(page, CARDS.paid, { Expires: "01/20" });
    await press(page, /^Pay GBP 100/);
    await page.getByText("This card has expired").first().waitFor();
    await typeCard(page, CARDS.paid);
    await press(page, /^Pay GBP 100/);
    await page.waitForURL(`${shop.url}/back*`);
    assert.equal(await status(payment), "SUCCESS");
    assert.equal(await charges(payment), 1);
    await page.goto(payment.page);
    assert.match(await shown(page), /completed/);

    for (const [name, end] of [["declined", "FAILED"], ["blocked", "BLOCKED"], ["pending", "PENDING"]]) {
      const other = await hosted(shop);
      await page.goto(other.page);
      await typeCard(page, CARDS[name]);
      await press(page, /^Pay GBP 100/);
      await page.waitForURL(`${shop.url}/back*`);
      assert.equal(await status(other), end);
      await page.goto(other.page);
      assert.match(await main(page), new RegExp(end));
      if (name !== "declined") await looked(page, `payagency-${name}`);
    }

    // Such a card goes on to its bank, and the first page leads there too.
    const secure = await hosted(shop);
    await page.goto(secure.page);
    await typeCard(page, CARDS.threeDs);
    await press(page, /^Pay GBP 100/);
    await page.waitForURL("**/card/checkout/*");
    assert.ok((await main(page)).includes(masked(CARDS.threeDs)));
    await page.goto(secure.page);
    assert.match(page.url(), /card\/checkout/);
    await press(page, /^Yes/);
    await page.waitForURL(`${shop.url}/back*`);
    assert.equal(await charges(secure), 1);

    for (const [button, end] of [[/^Decline/, "FAILED"], [/^Leave/, "ABANDONED"]]) {
      const unpaid = await hosted(shop);
      await page.goto(unpaid.page);
      await press(page, button);
      await page.waitForLoadState();
      assert.equal(await status(unpaid), end);
      assert.equal(await charges(unpaid), 0);
    }

    assert.ok(seen.length > 20, "answers were seen");
    for (const { url, cache } of seen) {
      assert.equal(cache, "no-store", url);
      assert.deepEqual(cardNumbers(decodeURIComponent(url)), [], url);
      assert.ok(!new RegExp(`\\b${CVV}\\b`).test(url) && !/card_|expiry/.test(url), url); // a longer number of an address may hold it by chance
    }
    for (const path of shop.visits) assert.equal(path, "/back?order=1&x=%2B");
    const told = await everything();
    assert.deepEqual(cardNumbers(told), [], "no number anywhere");
    assert.ok(told.includes(masked(CARDS.paid)), "shown masked");
    for (const number of Object.values(CARDS)) assert.ok(!told.includes(number) && !told.includes(GROUPED(number)));
    for (const text of [CVV, "11 / 30"]) assert.ok(!new RegExp(`\\b${text}\\b`).test(await (await fetch(`${OPERATOR}/payments`)).text()), text);
    // The search does find one that is there.
    assert.deepEqual(cardNumbers(`x${GROUPED(CARDS.paid)}y`), [CARDS.paid]);
    await page.done();
  },

  async a_payer_uses_another_method(browser, shop) {
    const page = await tab(browser);
    for (const [button, end, charged] of [[/^Pay GBP 100/, "SUCCESS", 1], [/^Decline/, "FAILED", 0], [/^Leave/, "ABANDONED", 0]]) {
      const payment = await apm(shop);
      await page.goto(payment.page);
      if (charged) await looked(page, "payagency-apm");
      await press(page, button);
      if (end === "ABANDONED") await page.getByRole("heading", { name: /abandoned/ }).waitFor();
      else await page.waitForURL(`${shop.url}/back*`);
      assert.equal(await status(payment), end);
      assert.equal(await charges(payment), charged);
    }
    await page.done();
  },

  async a_link_is_paid_once(browser, shop) {
    const page = await tab(browser);
    const seen = watch(page);
    const fixed = await link({ amount: 25.5, currency: "EUR" });
    await page.goto(fixed.page);
    assert.match(await shown(page), /EUR 25\.5/);
    assert.equal(await page.getByLabel("Amount").count(), 0, "nothing to enter");
    await looked(page, "payagency-link");
    await fill(page, PAYER);
    await typeCard(page, CARDS.paid);
    await press(page, /^Pay EUR 25\.5/);
    await page.getByRole("heading", { name: /completed/ }).waitFor();
    assert.match(await main(page), /no web address/);
    assert.equal(await status(fixed), "SUCCESS");
    assert.equal(await charges(fixed), 1);
    // The link is used up.
    await page.goto(fixed.page);
    assert.match(await shown(page), /completed/);
    assert.equal(await page.locator("button").count(), 0);

    // Its payer says how much.
    const open = await link();
    await page.goto(open.page);
    await page.evaluate(() => { document.querySelector("form").noValidate = true; });
    await press(page, "Pay");
    await page.getByRole("alert").waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 8);
    await looked(page, "payagency-link-wrong");
    assert.equal(await page.getByLabel("Amount").getAttribute("inputmode"), "decimal");
    await fill(page, { ...PAYER, Amount: "12.50", Currency: "gbp" });
    await typeCard(page, CARDS.paid.replace(/1$/, "2"));
    await press(page, "Pay");
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("Surname").inputValue(), PAYER.Surname, "what was typed stays");
    assert.equal(await page.getByLabel("Amount").inputValue(), "12.50");
    assert.equal(await page.getByLabel("Card number").inputValue(), "", "but for the card");
    await typeCard(page, CARDS.threeDs);
    await press(page, "Pay");
    await page.waitForURL("**/card/checkout/*");
    assert.match(await shown(page), /GBP 12\.50/);
    await page.goto(open.page);
    assert.match(page.url(), /card\/checkout/, "the link leads on");
    await press(page, /^Yes/);
    await page.getByRole("heading", { name: /completed/ }).waitFor();
    assert.equal(await charges(open), 1);

    // Its last day is over.
    const old = await link({ amount: 1, currency: "GBP", expiry_date: "2030-01-01" });
    await page.goto(old.page);
    assert.equal(await page.locator("button.main").count(), 1);
    await control("clock", { advance_seconds: 10 * 366 * 86_400 });
    const answer = await page.reload();
    assert.equal(answer.status(), 410);
    assert.match(await shown(page), /expired/);
    await looked(page, "payagency-link-expired");
    await control("clock", { offset_seconds: 0 });
    for (const { url } of seen) assert.deepEqual(cardNumbers(decodeURIComponent(url)), [], url);
    assert.deepEqual(cardNumbers(await everything()), []);
    await page.done();
  },

  async coins_come_in_exactly_short_and_over(browser, shop) {
    const page = await tab(browser);
    for (const [button, end, words] of [
      [/^Pay exactly/, "SUCCESS", /as asked/], [/^Pay less/, null, /less than asked/], [/^Pay more/, "SUCCESS", /more than asked/],
      [/^Let it fail/, "FAILED", null], [/^Leave/, "ABANDONED", null],
    ]) {
      const payment = await payin(shop);
      await page.goto(payment.page);
      assert.match(await main(page), /BTC on BITCOIN/);
      if (end === "SUCCESS" && /exactly/.test(button)) await looked(page, "payagency-payin");
      await press(page, button);
      if (end === "ABANDONED") await page.getByRole("heading", { name: /abandoned/ }).waitFor();
      else await page.waitForURL(`${shop.url}/back*`);
      if (end) assert.equal(await status(payment), end);
      await page.goto(`${OPERATOR}/payments`);
      const row = await page.locator("li", { hasText: payment.id }).last().textContent();
      if (words) assert.match(row, words);
    }
    for (const [type, amounts, button] of [
      ["ONRAMP", {}, "Buy"], ["OFFRAMP", { fiat_amount: undefined, crypto_amount: "0.001" }, "Sell"],
    ]) {
      const exchange = await ramp(shop, { transaction_type: type, ...amounts });
      await page.goto(exchange.page);
      await looked(page, `payagency-${type.toLowerCase()}`);
      await page.getByRole("button", { name: button, exact: true }).click();
      await page.waitForURL(`${shop.url}/back*`);
      assert.equal(await status(exchange), "SUCCESS");
    }
    const linked = await cryptoLink();
    await page.goto(linked.page);
    await looked(page, "payagency-crypto-link");
    await fill(page, PAYER);
    await press(page, "Continue");
    await page.waitForURL("**/crypto/payin/*");
    await page.goto(linked.page);
    assert.match(page.url(), /crypto\/payin/, "the link leads on");
    await press(page, /^Pay exactly/);
    await page.getByRole("heading", { name: /completed/ }).waitFor();
    assert.equal(await charges(linked), 1);
    await page.done();
  },

  async a_payer_uses_the_keyboard_alone(browser, shop) {
    const page = await tab(browser);
    const payment = await hosted(shop);
    await page.goto(payment.page);
    const values = [GROUPED(CARDS.threeDs), "11/30", CVV];
    const seen = [];
    const walk = async (until) => {
      for (let stop = 0; stop < 20; stop++) {
        await page.keyboard.press("Tab");
        const { tag, text, name, outline } = await page.evaluate(() => {
          const { activeElement: it } = document;
          return { tag: it.tagName, text: it.textContent, name: it.name, outline: getComputedStyle(it).outlineStyle };
        });
        assert.equal(outline, "solid", `the focus on ${tag} is visible`);
        seen.push(name);
        if (tag === "INPUT") await page.keyboard.type(values.shift());
        else if (until.test(text.trim())) return page.keyboard.press("Enter");
      }
      assert.fail(`never came to ${until}`);
    };
    await walk(/^Pay GBP/);
    await page.waitForURL("**/card/checkout/*");
    await walk(/^Yes/);
    await page.waitForURL(`${shop.url}/back*`);
    assert.deepEqual(seen, ["card_number", "card_expiry", "card_cvv", "action", "action"], "no detours");
    assert.equal(await charges(payment), 1);
    // Enter in a field is the main button, not another one.
    const entered = await hosted(shop);
    await page.goto(entered.page);
    await typeCard(page, CARDS.paid);
    await page.getByLabel("Security code").press("Enter");
    await page.waitForURL(`${shop.url}/back*`);
    assert.equal(await status(entered), "SUCCESS");
    await page.done();
  },

  async everything_works_without_javascript(browser, shop) {
    const page = await tab(browser, { javaScriptEnabled: false });
    const payment = await hosted(shop);
    await page.goto(payment.page);
    await typeCard(page, CARDS.threeDs);
    await press(page, /^Pay GBP 100/);
    await page.waitForURL("**/card/checkout/*");
    await press(page, /^Yes/);
    await page.waitForURL(`${shop.url}/back*`);
    const linked = await link({ amount: 5, currency: "GBP" });
    await page.goto(linked.page);
    await fill(page, PAYER);
    await typeCard(page, CARDS.paid);
    await press(page, /^Pay GBP 5/);
    await page.waitForLoadState();
    for (const done of [payment, linked]) assert.equal(await charges(done), 1);
    const other = await apm(shop);
    await page.goto(`${OPERATOR}/payments`);
    await page.getByRole("button", { name: `Decline ${other.id}` }).click();
    await page.waitForLoadState();
    assert.equal(await status(other), "FAILED");
    await page.goto(`${OPERATOR}/payments`);
    await page.getByRole("button", { name: `Charge back ${payment.id}` }).click();
    await page.waitForLoadState();
    assert.match(await page.locator("li", { hasText: payment.id }).last().textContent(), /charged back/);
    await page.done();
  },

  async a_double_submit_is_charged_once(browser, shop) {
    const [page, stale] = [await tab(browser), await tab(browser)];
    const payment = await hosted(shop);
    for (const each of [page, stale]) {
      await each.goto(payment.page);
      await typeCard(each, CARDS.paid);
    }
    await page.getByRole("button", { name: /^Pay GBP/ }).evaluate((it) => { it.click(); it.click(); });
    await page.waitForURL(`${shop.url}/back*`);
    await page.goBack();
    assert.match(await shown(page), /completed/, "nothing old is shown");
    await press(stale, /^Pay GBP/);
    await stale.getByRole("heading", { name: /completed/ }).waitFor();
    assert.equal(await charges(payment), 1);
    // What is paid is not declined any more, and no page takes what it does not offer.
    const post = (address, fields) =>
      fetch(address, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
    assert.match(await (await post(payment.page, { action: "decline" })).text(), /completed/);
    const fresh = await hosted(shop);
    for (const action of ["approve", "pay_over", "", "charge_back", "PAY"]) {
      assert.equal((await post(fresh.page, { action })).status, 400, action);
    }
    assert.equal(await status(fresh), "PENDING");

    const many = await hosted(shop);
    const fields = { action: "pay", card_number: CARDS.paid, card_expiry: "11/30", card_cvv: CVV };
    const answers = await Promise.all(Array.from({ length: 16 }, () => post(many.page, fields)));
    assert.ok(answers.every((it) => [200, 303].includes(it.status)));
    assert.equal(await charges(many), 1);
    const linked = await link({ amount: 5, currency: "GBP" });
    const whole = { ...fields, first_name: "Grace", last_name: "Hopperova", email: "grace.h@example.com" };
    await Promise.all(Array.from({ length: 16 }, () => post(linked.page, whole)));
    assert.equal(await charges(linked), 1);
    await page.done();
    await stale.done();
  },

  async wrong_addresses_lead_nowhere(browser, shop) {
    const page = await tab(browser);
    const [paid, secure] = [await hosted(shop), await card(shop, CARDS.threeDs)];
    for (const address of [
      paid.page.replace(/PA\d+/, "PA0000000000000000"), paid.page.replace("/test/", "/live/"),
      paid.page.replace("/card/hosted/", "/apm/"), paid.page.replace("/card/hosted/", "/card/checkout/"),
      secure.page.replace("/card/checkout/", "/card/hosted/"), paid.page.replace(/v1\/.*/, "pay/PAY_LINK_0"),
    ]) {
      const answer = await page.goto(address);
      assert.equal(answer.status(), 404, address);
      assert.match(await shown(page), /No such payment/);
      assert.equal(await page.locator("button").count(), 0);
      assert.equal(answer.headers()["cache-control"], "no-store");
    }
    await looked(page, "payagency-nothing");
    const foreign = await fetch(paid.page, { method: "POST", headers: { "sec-fetch-site": "cross-site" }, body: "action=decline" });
    assert.equal(foreign.status, 403);
    assert.equal((await fetch(paid.page, { method: "DELETE" })).status, 405);
    assert.equal(await status(paid), "PENDING");
    await page.done();
  },

  async what_merchants_and_payers_write_is_escaped(browser, shop) {
    const page = await tab(browser);
    const bad = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&lt;`;
    const order_id = `${bad}${orderId()}`;
    const harmless = async (place) => assert.equal(await page.locator("script, main img").count(), 0, place);
    const payment = await hosted(shop, { order_id, redirect_url: `javascript:alert(3)//${bad}` });
    await page.goto(payment.page);
    assert.ok((await main(page)).includes("<script>alert(1)</script>"), "shown as text");
    await harmless("card");
    await typeCard(page, CARDS.paid);
    await press(page, /^Pay/);
    await page.getByRole("heading", { name: /completed/ }).waitFor();
    assert.equal(await page.locator("a[href^=javascript]").count(), 0);
    await harmless("ended");
    const open = await link();
    await page.goto(open.page);
    await page.evaluate(() => { document.querySelector("form").noValidate = true; });
    await page.evaluate(() => document.querySelectorAll("input").forEach((it) => it.removeAttribute("maxlength")));
    for (const label of ["Amount", "Currency", "First name", "Surname", "E-mail", "Card number", "Expires", "Security code"]) {
      await page.getByLabel(label, { exact: true }).fill(bad);
    }
    await press(page, "Pay");
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("First name").inputValue(), bad);
    await harmless("link");
    for (const path of ["payments", "wallets"]) {
      await page.goto(`${OPERATOR}/${path}`);
      await harmless(path);
    }
    await page.done();
  },

  async an_operator_looks_charges_back_and_resends(browser, shop) {
    const page = await tab(browser);
    await page.goto(`${OPERATOR}/payments`);
    await looked(page, "payagency-payments-none");
    const webhook_url = `${shop.url}/hooks?secret=s3cr3t`;
    const heard = () => shop.visits.filter((path) => path.startsWith("/hooks")).length;
    const paid = await card(shop, CARDS.paid, { webhook_url });
    await until(() => heard() === 1);
    await card(shop, CARDS.declined);
    await payin(shop);
    const waiting = await card(shop, CARDS.threeDs, { webhook_url });
    await page.goto(`${OPERATOR}/payments`);
    await looked(page, "payagency-payments");
    await page.getByRole("link", { name: `Open page ${waiting.id}` }).click();
    await page.waitForURL(waiting.page);
    await page.goBack();
    await page.getByRole("button", { name: `Approve ${waiting.id}` }).click();
    await until(() => heard() === 2);
    assert.equal(await status(waiting), "SUCCESS");
    await page.getByRole("button", { name: `Charge back ${paid.id}` }).click();
    await page.waitForLoadState();
    const row = () => page.locator("li", { hasText: paid.id }).last();
    assert.match(await row().textContent(), /charged back/);
    assert.equal(await row().getByRole("button", { name: /Charge back/ }).count(), 0, "once");
    assert.equal(await charges(paid), 1);
    const before = heard();
    await page.getByRole("button", { name: `Resend webhook ${paid.id}` }).click();
    await until(() => heard() === before + 1);
    await page.goto(`${OPERATOR}/payments`);
    await looked(page, "payagency-payments-later");

    await page.goto(`${OPERATOR}/links`);
    await looked(page, "payagency-links-none");
    const [template] = await page.locator("form").all();
    await template.getByLabel("Redirect URL").fill("shop");
    await template.getByRole("button").click();
    await page.getByRole("alert").waitFor();
    await looked(page, "payagency-links-wrong");
    await page.getByLabel("Redirect URL").first().fill(`${shop.url}/thanks`);
    await page.getByLabel("Webhook URL").first().fill(`${shop.url}/hooks/link`);
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByRole("status").waitFor();
    const linked = await link({ amount: 9, currency: "GBP" });
    await page.goto(`${OPERATOR}/links`);
    await looked(page, "payagency-links");
    await page.getByRole("link", { name: /^Open page PAY_LINK_/ }).click();
    await page.waitForURL(linked.page);
    await fill(page, PAYER);
    await typeCard(page, CARDS.paid);
    await press(page, /^Pay GBP 9/);
    await page.waitForURL(`${shop.url}/thanks`);
    assert.ok(shop.visits.includes("/hooks/link"), "told before the payer came back");
    assert.equal(await charges(linked), 1);

    await page.goto(`${OPERATOR}/links`);
    assert.match(await main(page), /used/);
    await page.getByRole("link", { name: "Wallets" }).click();
    await page.waitForURL(`${OPERATOR}/wallets`);
    assert.match(await main(page), /USD 10000\.00/);
    await looked(page, "payagency-wallets");
    await page.goto(`${SANDBOX}/_sandbox/pages/deliveries`);
    await looked(page, "payagency-deliveries");
    const told = await everything();
    const secrets = [PAYAGENCY_SECRET_KEY, PAYAGENCY_ENCRYPTION_KEY, PAYAGENCY_LIVE_SECRET_KEY, "s3cr3t", "Byronova", "203.0.113.7"];
    for (const secret of secrets) assert.ok(!told.replaceAll("adaline.b@example.com", "").includes(secret), "no secret");
    assert.deepEqual(cardNumbers(told), []);
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
