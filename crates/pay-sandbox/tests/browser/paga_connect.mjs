// Paga's consent page and the sandbox's pages about it: node paga_connect.mjs STORY, with PAGA_* and SANDBOX in the environment.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { looked, tab, withBrowser } from "./lib.mjs";
import { PLAIN, charge, control, exchange, shop as openShop } from "./paga_connect_api.mjs";

const { PAGA_AWKWARD_ID, PAGA_AWKWARD_SECRET, PAGA_PASSWORD_ADA, PAGA_PASSWORD_BOLA, SANDBOX } = process.env;
const AWKWARD = { id: PAGA_AWKWARD_ID, secret: PAGA_AWKWARD_SECRET };

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const main = (page) => page.textContent("main");

async function signIn(page, user = "ada", password = PAGA_PASSWORD_ADA) {
  await page.getByLabel("User name").fill(user);
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
}

/** From the shop's page to the second step. */
async function toConsent(page, shop) {
  await page.goto(shop.url);
  await page.getByRole("link", { name: "Connect Paga" }).click();
  await signIn(page);
  await page.getByRole("button", { name: "Approve" }).waitFor();
}

const stories = {
  async a_user_approves_and_the_shop_charges(browser, shop) {
    const page = await tab(browser);
    await page.goto(shop.url);
    await page.getByRole("link", { name: "Connect Paga" }).click();
    assert.match(await page.textContent("header"), /Sandbox.*not made by Paga/);
    assert.match(await main(page), /Sample Shop asks to use your Paga account/);
    await looked(page, "paga-sign-in");
    await signIn(page);
    await page.getByRole("button", { name: "Approve" }).waitFor();
    const words = await main(page);
    for (const text of ["Connect Sample Shop?", "Ada Obi", "Charge your Paga account", "First name", "E-mail address", new URL(shop.url).host]) {
      assert.ok(words.includes(text), text);
    }
    assert.ok(!words.includes("Transfer money") && !words.includes("Account balance"), "only what is asked for");
    await looked(page, "paga-consent");
    await page.reload();
    await press(page, "Approve");
    await page.waitForURL(`${shop.callback}?*`);
    assert.match(await page.textContent("p"), /^Connected/);
    const [{ known, code, state, ...more }] = shop.ends;
    assert.ok(known && state && /^[A-Za-z0-9]{6}$/.test(code));
    assert.deepEqual(more, {}, "code and state, and nothing else");
    const { access_token: token } = await exchange(code, shop.callback);
    assert.ok((await charge(token, "order-1")).transactionId);

    // The browser is remembered, until its user signs out.
    await page.goto(shop.authorization());
    await page.getByRole("button", { name: "Approve" }).waitFor();
    await press(page, "Not Ada Obi? Sign out");
    await page.getByLabel("Password").waitFor();
    await page.done();
  },

  async a_user_declines_and_nothing_is_connected(browser, shop) {
    const page = await tab(browser);
    await toConsent(page, shop);
    await press(page, "Decline");
    await page.waitForURL(`${shop.callback}?*`);
    const [{ known, error, error_description: why, code }] = shop.ends;
    assert.deepEqual({ known, error, why, code }, { known: true, error: "access_denied", why: "User denied access", code: undefined });
    assert.deepEqual(await control("/consents"), []);
    // Going back and approving is a decision of its own.
    await page.goBack();
    await press(page, "Approve");
    await page.waitForURL(`${shop.callback}?code=*`);
    await page.done();
  },

  async a_wrong_password_and_a_locked_account_stay_outside(browser, shop) {
    const page = await tab(browser);
    await page.goto(shop.authorization());
    await signIn(page, "ada", "wrong");
    await page.getByRole("alert").waitFor();
    assert.match(await main(page), /User name or password is wrong/);
    assert.equal(await page.getByLabel("User name").inputValue(), "ada", "what was typed stays");
    assert.equal(await page.getByLabel("Password").inputValue(), "", "the password does not");
    await looked(page, "paga-sign-in-wrong");
    await page.getByRole("link", { name: "User name or password is wrong" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "username");
    await signIn(page, "bola", PAGA_PASSWORD_BOLA);
    await page.getByRole("alert").waitFor();
    assert.match(await main(page), /This account is locked/);
    await signIn(page);
    await page.getByRole("button", { name: "Approve" }).waitFor();
    assert.deepEqual(shop.ends, []);
    await page.done();
  },

  async unknown_clients_and_redirects_lead_nowhere(browser, shop) {
    const page = await tab(browser);
    for (const [more, words] of [
      [{ client_id: "5a4db0c5-0000-4000-8000-00000000dead" }, /knows no such client/],
      [{ redirect_uri: `${shop.callback}/evil` }, /character by character/],
      [{ redirect_uri: shop.callback.replace("http://", "http://evil@") }, /character by character/],
      [{ redirect_uri: `${shop.url}/paga/x/../callback` }, /character by character/],
    ]) {
      const answer = await page.goto(shop.authorization(more));
      assert.equal(answer.status(), 400);
      assert.ok(page.url().startsWith(SANDBOX), "the browser stays here");
      assert.match(await main(page), words);
      assert.equal(await page.locator("form, button, main a").count(), 0, "nothing leads on");
    }
    await looked(page, "paga-nowhere");
    // A wrong scope is the client's own affair: it is told.
    await page.goto(shop.authorization({ scope: "ROOT" }));
    await page.waitForURL(`${shop.callback}?*`);
    assert.deepEqual(shop.ends.map(({ known, error }) => ({ known, error })), [{ known: true, error: "invalid_scope" }]);
    await page.done();
  },

  async a_user_consents_by_keyboard_alone(browser, shop) {
    const page = await tab(browser);
    await page.goto(shop.authorization());
    const walk = async (typed, last) => {
      const seen = [];
      for (let stop = 0; stop < 20; stop++) {
        await page.keyboard.press("Tab");
        const { what, outline } = await page.evaluate(() => {
          const { activeElement: it } = document;
          return { what: it.name === "action" ? it.value : it.name ?? it.tagName, outline: getComputedStyle(it).outlineStyle };
        });
        assert.equal(outline, "solid", `the focus on ${what} is visible`);
        seen.push(what);
        if (typed[what]) await page.keyboard.type(typed[what]);
        if (what === last) break;
      }
      await page.keyboard.press("Enter");
      return seen;
    };
    assert.deepEqual(await walk({ username: "ada", password: PAGA_PASSWORD_ADA }, "sign_in"), ["username", "password", "sign_in"]);
    await page.getByRole("button", { name: "Approve" }).waitFor();
    assert.deepEqual(await walk({}, "decline"), ["approve", "decline"], "no detours");
    await page.waitForURL(`${shop.callback}?*`);
    await page.goto(shop.authorization());
    await walk({}, "approve");
    await page.waitForURL(`${shop.callback}?code=*`);
    assert.deepEqual(shop.ends.map((end) => end.error ?? "approved"), ["access_denied", "approved"]);
    await page.done();
  },

  async consent_works_without_javascript(browser, shop) {
    const page = await tab(browser, { javaScriptEnabled: false });
    await toConsent(page, shop);
    await press(page, "Approve");
    await page.waitForURL(`${shop.callback}?code=*`);
    const { access_token: token } = await exchange(shop.ends[0].code, shop.callback);
    await page.goto(`${SANDBOX}/_sandbox/pages/paga-connect/consents`);
    await press(page, "End #1");
    await page.waitForLoadState();
    assert.equal((await charge(token, "order-1")).status, 401);
    await page.done();
  },

  async what_shops_and_users_write_is_escaped(browser) {
    const page = await tab(browser);
    const shop = await openShop(AWKWARD);
    const bad = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&lt;`;
    const harmless = async (place) => assert.equal(await page.locator("script, img, books").count(), 0, place);
    await page.goto(shop.authorization({ redirect_uri: bad, client_id: AWKWARD.id }));
    await harmless("redirect");
    assert.ok((await main(page)).includes(bad), "shown as it is");
    await page.goto(shop.authorization({ client_id: bad }));
    await harmless("client");
    await page.goto(shop.authorization({ state: bad }));
    await signIn(page, bad, bad);
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("User name").inputValue(), bad);
    await harmless("user name");
    await signIn(page);
    await page.getByRole("button", { name: "Approve" }).waitFor();
    assert.ok((await main(page)).includes("Connect Obi & Daughters <Books>?"));
    await harmless("consent");
    await press(page, "Approve");
    await page.waitForURL(`${shop.callback}?*`);
    assert.equal(shop.ends[0].state, bad, "the state as it was");
    const { access_token: token } = await exchange(shop.ends[0].code, shop.callback, AWKWARD);
    await charge(token, encodeURIComponent("<img src=x>"));
    await page.goto(`${SANDBOX}/_sandbox/pages/paga-connect/wallets`);
    await harmless("wallets");
    assert.ok((await main(page)).includes("<img src=x>"));
    shop.close();
    await page.done();
  },

  async pages_of_others_neither_approve_nor_frame(browser, shop) {
    const page = await tab(browser);
    await toConsent(page, shop);
    const address = page.url().replaceAll("&", "&amp;");
    const evil = createServer((request, answer) => {
      answer.setHeader("content-type", "text/html");
      const form = `<form method="post" action="${address}"><button name="action" value="approve">Win</button></form>`;
      answer.end(`<!doctype html><html lang="en"><title>evil</title>${request.url === "/frame" ? `<iframe src="${address}"></iframe>` : form}`);
    });
    await new Promise((listening) => evil.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${evil.address().port}`;
    // The browser has a session there, and the other site may even send its cookie along: it stands on the same host.
    await page.goto(url);
    const [answer] = await Promise.all([page.waitForResponse((it) => it.request().method() === "POST"), press(page, "Win")]);
    assert.equal(answer.status(), 403);
    assert.match(await main(page), /Nothing was done/);
    assert.deepEqual(shop.ends, []);
    const framing = await page.context().newPage();
    await framing.goto(`${url}/frame`);
    const inside = framing.frames().find((frame) => frame !== framing.mainFrame());
    assert.equal(await inside.locator("form").count(), 0, "the page is not drawn in a frame");
    evil.close();
    await page.done();
  },

  async a_user_ends_a_consent_and_the_pages_look_right(browser, shop) {
    const page = await tab(browser);
    const pages = `${SANDBOX}/_sandbox/pages/paga-connect`;
    await page.goto(`${pages}/consents`);
    await looked(page, "paga-consents-none");
    await page.goto(`${pages}/wallets`);
    await looked(page, "paga-wallets-none");
    await toConsent(page, shop);
    await press(page, "Approve");
    await page.waitForURL(`${shop.callback}?code=*`);
    const { access_token: token, refresh_token: refresh } = await exchange(shop.ends[0].code, shop.callback);
    await charge(token, "order-1");
    await page.goto(`${pages}/wallets`);
    assert.match(await main(page), /249987\.50/);
    await looked(page, "paga-wallets");
    await page.goto(`${pages}/consents`);
    await looked(page, "paga-consents");
    await press(page, "End #1");
    await page.waitForLoadState();
    assert.match(await main(page), /ended/);
    assert.equal((await charge(token, "order-2")).status, 401);
    await page.goto(`${SANDBOX}/_sandbox/pages/requests?provider=paga-connect`);
    const secrets = [PLAIN.secret, PAGA_PASSWORD_ADA, token, refresh, shop.ends[0].code, "ada.obi@", "08000000001"];
    for (const secret of secrets) assert.ok(!(await page.content()).includes(secret), "no secret in the log");
    await page.goto(SANDBOX);
    assert.match(await main(page), /Paga Connect/);
    await looked(page, "start-paga");
    await page.done();
  },
};

await withBrowser(async (browser) => {
  const shop = await openShop();
  try {
    await stories[process.argv[2]](browser, shop);
  } finally {
    shop.close();
  }
});
