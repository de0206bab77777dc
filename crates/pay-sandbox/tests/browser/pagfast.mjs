// PagFast's hosted pages and the sandbox's pages about it: node pagfast.mjs STORY, with PAGFAST_* and SANDBOX in the environment.

import assert from "node:assert/strict";
import { looked, merchant, tab, withBrowser } from "./lib.mjs";
import { CPF, call, charges, openFinance, pix, state, transaction, withdrawal } from "./pagfast_api.mjs";

const { PAGFAST_BASE_URL, PAGFAST_ACCESS_KEY, PAGFAST_SECRET, PAGFAST_WEBHOOK_KEY, SANDBOX } = process.env;
const OTHER = { name: "Bia Sandbox", cpf: "00000000191" };

const press = (page, name) => page.getByRole("button", { name }).click();
const shown = (page) => page.textContent("h1");

const stories = {
  async a_payer_pays_cancels_fails_and_comes_back(browser, shop) {
    const page = await tab(browser);
    for (const [button, end, charged] of [
      [/^Pay BRL 50/, "Completed", 1],
      [/^Cancel/, "Cancelled", 0],
      [/^Let it fail/, "Error", 0],
      [/^Pay from someone else/, "Error", 0],
    ]) {
      const deposit = await openFinance(shop);
      await page.goto(deposit.page);
      assert.match(await shown(page), /Pay BRL 50\.00/);
      if (end === "Completed") await looked(page, "pagfast-checkout");
      await press(page, button);
      await page.waitForURL(`${shop.url}/back?order=${deposit.orderId}`);
      assert.match(await shown(page), /shop \/back/);
      assert.equal(await state(deposit), end);
      assert.equal(await charges(deposit), charged, end);
      // Registered and how it ended, before the payer was back.
      const back = shop.visits.lastIndexOf(`/back?order=${deposit.orderId}`);
      assert.deepEqual(shop.visits.slice(back - 2, back), ["/hooks", "/hooks"], `${end}: ${shop.visits}`);
      await page.goto(deposit.page);
      assert.match(await page.textContent("main"), new RegExp(end));
      assert.equal(await page.locator("button").count(), 0, `${end}: nothing left to press`);
      if (end === "Completed") {
        await looked(page, "pagfast-paid");
        await page.getByRole("link", { name: "Back to the shop" }).click();
        await page.waitForURL(`${shop.url}/back*`);
      }
    }
    const moved = await openFinance(shop, {
      payment: { payer: { taxNumber: CPF }, value: { original: "1" }, redirectUrl: `${shop.url}/moved` },
    });
    await page.goto(moved.page);
    await press(page, /^Cancel/);
    await page.waitForURL(`${shop.url}/landed`);
    await page.done();
  },

  async a_code_is_shown_and_paid(browser, shop) {
    const page = await tab(browser);
    const deposit = await pix(shop);
    await page.goto(deposit.page);
    assert.match(await shown(page), /Pay BRL 50\.00/);
    const picture = page.getByRole("img", { name: /sandbox code that cannot be paid/ });
    assert.ok(await picture.evaluate((it) => it.complete && it.naturalWidth > 100), "the picture is there");
    assert.match(await page.textContent("main"), /no bank can pay it/);
    assert.equal(await page.locator("pre").innerText(), deposit.code);
    assert.ok(!(await page.content()).includes(CPF), "of a CPF, six digits at most");
    await looked(page, "pagfast-deposit");
    const svg = await (await fetch(await picture.evaluate((it) => it.src))).text();
    assert.match(svg, /^<svg .*NO BANK CAN PAY THIS<\/text><\/svg>$/s);
    await press(page, /^Pay BRL 50/);
    await page.getByRole("heading", { name: "This deposit is paid" }).waitFor();
    assert.equal(page.url(), deposit.page, "the same address");
    assert.equal(await state(deposit), "Completed");
    assert.equal(await charges(deposit), 1);
    const { receiptUrl } = await transaction(deposit);
    const receipt = await fetch(receiptUrl);
    assert.equal(receipt.headers.get("content-type"), "application/pdf");
    assert.match(await receipt.text(), /^%PDF-1.4\n.*no money moved.*%%EOF\n$/s);

    const refused = await pix(shop);
    await page.goto(refused.page);
    await press(page, /^Pay from someone else/);
    await page.getByRole("heading", { name: "This deposit was refused" }).waitFor();
    await looked(page, "pagfast-refused");
    assert.equal(await charges(refused), 0);
    await page.done();
  },

  async anybody_pays_an_amount_of_their_own(browser, shop) {
    const page = await tab(browser);
    const deposit = await pix(shop, { payer: undefined, value: { original: "50", editable: true } });
    await page.goto(deposit.page);
    await looked(page, "pagfast-anybody");
    assert.equal(await page.getByLabel("Amount in reais").inputValue(), "50.00");
    // The browser's own checks are off, so that the page's are seen.
    await page.evaluate(() => { document.querySelector("form").noValidate = true; });
    await page.getByLabel("Amount in reais").fill("nothing");
    await page.getByLabel("CPF").fill("123");
    await press(page, /^Pay$/);
    await page.getByRole("alert").waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 3);
    assert.equal(await page.getByLabel("CPF").inputValue(), "123", "what was typed stays");
    await looked(page, "pagfast-anybody-missing");
    await page.getByRole("link", { name: "Enter a name" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "name");
    assert.equal(await state(deposit), "Registered");
    await page.getByLabel("Amount in reais").fill("62,75");
    await page.getByLabel("Name").fill(OTHER.name);
    await page.getByLabel("CPF").fill("000.000.001-91");
    await press(page, /^Pay$/);
    await page.getByRole("heading", { name: "This deposit is paid" }).waitFor();
    const paid = await transaction(deposit);
    assert.deepEqual([paid.amount, paid.payer.name, paid.payer.taxNumber], ["62.750000", OTHER.name, OTHER.cpf]);
    await page.done();
  },

  async a_payer_uses_the_keyboard_alone(browser, shop) {
    const page = await tab(browser);
    const walk = async (values, last) => {
      const seen = [];
      for (let stop = 0; stop < 40; stop++) {
        await page.keyboard.press("Tab");
        const { type, tag, text, outline } = await page.evaluate(() => {
          const { activeElement: it } = document;
          return { type: it.type, tag: it.tagName, text: it.textContent, outline: getComputedStyle(it).outlineStyle };
        });
        assert.equal(outline, "solid", `the focus on ${tag} is visible`);
        seen.push(type ?? tag);
        if (tag === "INPUT") await page.keyboard.type(values.shift());
        else if (last.test(text.trim())) {
          await page.keyboard.press("Enter");
          return seen;
        }
      }
      throw new Error(`never reached: ${seen}`);
    };
    const deposit = await pix(shop, { payer: undefined });
    await page.goto(deposit.page);
    assert.deepEqual(await walk([OTHER.name, OTHER.cpf], /^Pay BRL/), ["PRE", "text", "text", "submit"], "no detours");
    await page.getByRole("heading", { name: "This deposit is paid" }).waitFor();
    const other = await openFinance(shop);
    await page.goto(other.page);
    assert.deepEqual(await walk([], /^Pay BRL/), ["submit"]);
    await page.waitForURL(`${shop.url}/back*`);
    assert.deepEqual([await charges(deposit), await charges(other)], [1, 1]);
    await page.done();
  },

  async everything_works_without_javascript(browser, shop) {
    const page = await tab(browser, { javaScriptEnabled: false });
    const deposit = await openFinance(shop);
    await page.goto(deposit.page);
    await press(page, /^Pay BRL/);
    await page.waitForURL(`${shop.url}/back*`);
    const code = await pix(shop, { payer: undefined });
    await page.goto(code.page);
    await page.getByLabel("Name").fill(OTHER.name);
    await page.getByLabel("CPF").fill(OTHER.cpf);
    await press(page, /^Pay BRL/);
    await page.getByRole("heading", { name: "This deposit is paid" }).waitFor();
    const out = await withdrawal(shop);
    await page.goto(`${SANDBOX}/_sandbox/pages/pagfast/transactions`);
    await page.getByRole("button", { name: `Complete ${out.id}` }).click();
    await page.waitForLoadState();
    assert.equal(await state(out), "Completed");
    assert.deepEqual([await charges(deposit), await charges(code)], [1, 1]);
    await page.done();
  },

  async a_double_submit_is_paid_once(browser, shop) {
    const [page, stale] = [await tab(browser), await tab(browser)];
    const deposit = await openFinance(shop);
    for (const each of [page, stale]) await each.goto(deposit.page);
    await page.getByRole("button", { name: /^Pay BRL/ }).evaluate((it) => { it.click(); it.click(); });
    await page.waitForURL(`${shop.url}/back*`);
    await page.goBack();
    assert.match(await shown(page), /is paid/, "nothing old is shown");
    await press(stale, /^Pay BRL/);
    await stale.waitForURL(`${shop.url}/back*`);
    // Nobody cancels what was paid.
    const answer = await fetch(deposit.page, { method: "POST", body: new URLSearchParams({ action: "cancel" }), redirect: "manual" });
    assert.equal(answer.status, 303);
    assert.equal(await state(deposit), "Completed");
    assert.equal(await charges(deposit), 1);
    // Sixteen at once, without a browser between.
    const many = await pix(shop);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => fetch(many.page, { method: "POST", headers, body: "action=complete", redirect: "manual" })),
    );
    assert.deepEqual([...new Set(answers.map((it) => it.status))], [303]);
    assert.equal(await charges(many), 1);
    await page.done();
    await stale.done();
  },

  async wrong_addresses_lead_nowhere(browser, shop) {
    const page = await tab(browser);
    const [deposit, other, code] = [await openFinance(shop), await openFinance(shop), await pix(shop)];
    const open = async (address, status) => {
      const answer = await page.goto(address);
      assert.equal(answer.status(), status, address);
      assert.equal(await page.locator("button").count(), 0);
    };
    const none = "00000000-0000-4000-8000-000000000000";
    await open(deposit.page.replace(/[^/]+$/, none), 404);
    await looked(page, "pagfast-nothing");
    // The two ids belong together.
    await open(deposit.page.replace(/[^/]+$/, other.id), 404);
    await open(code.page.replace(/[^/]+$/, none), 404);
    await open(`${PAGFAST_BASE_URL}/system/e-receipt/${deposit.id}/receipt.pdf`, 404);
    for (const [address, action, status] of [
      [deposit.page, "register", 400],
      [deposit.page, "reverse", 400],
      [deposit.page, "", 400],
      [code.page, "nothing", 400],
    ]) {
      const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ action }), redirect: "manual" });
      assert.equal(answer.status, status, `${address} ${action}`);
    }
    const foreign = { "sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded" };
    assert.equal((await fetch(deposit.page, { method: "POST", headers: foreign, body: "action=complete" })).status, 403);
    assert.deepEqual([await state(deposit), await state(code)], ["Registered", "Registered"]);
    await page.done();
  },

  async what_merchants_and_payers_write_is_escaped(browser, shop) {
    const page = await tab(browser);
    const bad = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&lt;`;
    const deposit = await pix(shop, { payer: undefined }, { transaction: { orderId: bad, orderDescription: bad } });
    const harmless = async (place) => {
      assert.equal(await page.locator("script, img:not([src^='/pagfast/'])").count(), 0, place);
      assert.ok((await page.content()).includes("&lt;script"), place);
    };
    await page.goto(deposit.page);
    await harmless("the deposit");
    await page.getByLabel("Name").fill(bad);
    await page.getByLabel("CPF").fill("1");
    await press(page, /^Pay BRL/);
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("Name").inputValue(), bad);
    await harmless("what was typed");
    await page.goto(`${SANDBOX}/_sandbox/pages/pagfast/transactions`);
    await harmless("transactions");
    const evil = await openFinance(shop, {
      payment: { payer: { taxNumber: CPF }, value: { original: "1" }, redirectUrl: "javascript:alert(3)" },
    });
    await page.goto(evil.page);
    await press(page, /^Pay BRL/);
    await page.getByRole("heading", { name: "This deposit is paid" }).waitFor();
    assert.equal(await page.locator("main a").count(), 0, "nobody is sent to a script");
    await page.done();
  },

  async the_sandbox_pages_work(browser, shop) {
    const page = await tab(browser);
    const transactions = `${SANDBOX}/_sandbox/pages/pagfast/transactions`;
    const accounts = `${SANDBOX}/_sandbox/pages/pagfast/accounts`;
    await page.goto(transactions);
    await looked(page, "pagfast-transactions-none");
    const [deposit, anybody, out, back] = [await pix(shop), await pix(shop, { payer: undefined }), await withdrawal(shop), await withdrawal(shop)];
    const row = async (button, { id }) => {
      await page.goto(transactions);
      await page.getByRole("button", { name: `${button} ${id}` }).click();
      await page.waitForLoadState();
    };
    await row("Complete", deposit);
    await row("Reverse", deposit);
    await row("Complete", out);
    await row("Send back", out);
    await row("Fail", back);
    assert.deepEqual([await state(deposit), await state(out), await state(back)], ["Reversed", "Completed", "Error"]);
    await page.goto(transactions);
    assert.equal(await page.getByRole("button", { name: `Complete ${anybody.id}` }).count(), 0, "it must be said who pays");
    assert.match(await page.textContent("main"), /sent back/);
    await looked(page, "pagfast-transactions");
    await page.getByRole("link", { name: `Open page ${anybody.id}` }).click();
    await page.getByRole("heading", { name: /Pay BRL/ }).waitFor();

    await page.goto(accounts);
    await looked(page, "pagfast-accounts");
    await page.getByRole("button", { name: "Approve key 1 of PFA03" }).click();
    await page.getByRole("button", { name: "Suspend key 1 of PFA03" }).waitFor();
    await page.getByRole("button", { name: "Suspend key 1 of PFA01" }).click();
    await page.getByRole("button", { name: "Approve key 1 of PFA01" }).waitFor();
    const login = { accessKey: PAGFAST_ACCESS_KEY, secret: PAGFAST_SECRET };
    const headers = { "content-type": "application/json" };
    const refused = await fetch(`${PAGFAST_BASE_URL}/partners-int/login`, { method: "POST", headers, body: JSON.stringify(login) });
    assert.equal(refused.status, 401);
    await page.getByRole("button", { name: "Approve key 1 of PFA01" }).click();
    await page.getByRole("button", { name: "Suspend key 1 of PFA01" }).waitFor();
    await call("GET", "/receivers?dataset.limit=5&dataset.offset=0");

    for (const path of ["pagfast/transactions", "pagfast/accounts", "requests", "deliveries"]) {
      await page.goto(`${SANDBOX}/_sandbox/pages/${path}`);
      const content = await page.content();
      for (const secret of [PAGFAST_ACCESS_KEY, PAGFAST_SECRET, PAGFAST_WEBHOOK_KEY, CPF, "Ana Sandbox", "eyJhbGci"]) {
        assert.ok(!content.includes(secret), `${path} shows ${secret}`);
      }
    }
    await looked(page, "deliveries-pagfast");
    await page.done();
  },
};

await withBrowser(async (browser) => {
  const shop = await merchant();
  try {
    await stories[process.argv[2]](browser, shop);
  } finally {
    shop.close();
  }
});
