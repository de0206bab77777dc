// What a merchant's server does at PagFast: logs in, asks for deposits; and what the sandbox's books say.

import assert from "node:assert/strict";

const { PAGFAST_BASE_URL, PAGFAST_ACCESS_KEY, PAGFAST_SECRET, SANDBOX } = process.env;
const SERVICE = `${PAGFAST_BASE_URL}/partners-int`;

/** A made-up CPF whose check digits are right. */
export const CPF = "52998224725";

async function logIn() {
  const body = JSON.stringify({ accessKey: PAGFAST_ACCESS_KEY, secret: PAGFAST_SECRET });
  const answer = await fetch(`${SERVICE}/login`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(answer.status, 201);
  return answer.text();
}

/** A call with a token of its own; `data` of the answer. */
export async function call(method, path, body) {
  const headers = { authorization: `Bearer ${await logIn()}`, "content-type": "application/json" };
  const answer = await fetch(`${SERVICE}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text).data;
}

let orders = 0;
const order = () => `order-${process.pid}-${++orders}`;

/** A deposit by Open Finance: its id, its order id and its page. */
export async function openFinance(shop, more = {}) {
  const orderId = order();
  const { transactionId, checkoutUrl } = await call("POST", "/accounts/payment-initiation", {
    payment: { payer: { taxNumber: CPF }, value: { original: "50.00" }, redirectUrl: `${shop.url}/back?order=${orderId}` },
    transaction: { orderId },
    webhook: { url: `${shop.url}/hooks` },
    ...more,
  });
  return { id: transactionId, orderId, page: checkoutUrl };
}

/** A deposit by Pix. */
export async function pix(shop, payment = {}, more = {}) {
  const orderId = order();
  const data = await call("POST", "/accounts/pix/cashin", {
    payment: { payer: { name: "Ana Sandbox", cpf: CPF }, value: { original: "50" }, ...payment },
    transaction: { orderId },
    webhook: { url: `${shop.url}/hooks` },
    ...more,
  });
  return { id: data.transaction.id, orderId, page: data.payment.qrCodeLocation, code: data.payment.qrCode };
}

export async function withdrawal(shop, value = "10.50") {
  const orderId = order();
  const data = await call("POST", "/accounts/pix/cashout", {
    payment: { recipient: { name: "Ana Sandbox", cpf: CPF }, key: { type: "CPF", value: CPF }, value },
    transaction: { orderId },
    webhook: { url: `${shop.url}/hooks` },
  });
  return { id: data.transaction.id, orderId };
}

export async function state({ id }) {
  const { transaction } = await call("GET", `/accounts/transactions/pix/${id}`);
  return transaction.state;
}

export async function transaction({ id }) {
  return (await call("GET", `/accounts/transactions/pix/${id}`)).transaction;
}

/** How often the ledger says that this deposit was paid. */
export async function charges({ id }) {
  const { providers, violations } = await (await fetch(`${SANDBOX}/_sandbox/ledger`)).json();
  assert.deepEqual(violations, []);
  return providers.pagfast.sales.find((sale) => sale.transaction_id === id)?.charges ?? 0;
}
