// What a merchant's server does at Pay Agency: seals bodies, creates payments and links; and what the sandbox's books say.

import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";

const { PAYAGENCY_BASE_URL, PAYAGENCY_SECRET_KEY, PAYAGENCY_ENCRYPTION_KEY, SANDBOX } = process.env;
const { PAYAGENCY_LIVE_SECRET_KEY, PAYAGENCY_LIVE_ENCRYPTION_KEY } = process.env;

/** The numbers of the guide, which no page and no log may show. */
export const CARDS = {
  paid: "4111111111111111", threeDs: "4012888888881881", declined: "4000000000000002", blocked: "4100000000000019",
  pending: "4000000000000077",
};
export const masked = (number) => `${number.slice(0, 6)}XXXXXX${number.slice(-4)}`;

function seal(body, key) {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", Buffer.from(key), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(body)), cipher.final()]);
  return { payload: `${iv.toString("hex")}:${text.toString("hex")}` };
}

async function call(path, { body, sealed = true, live = false } = {}) {
  const [secret, key] = live
    ? [PAYAGENCY_LIVE_SECRET_KEY, PAYAGENCY_LIVE_ENCRYPTION_KEY]
    : [PAYAGENCY_SECRET_KEY, PAYAGENCY_ENCRYPTION_KEY];
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const init = body ? { method: "POST", headers, body: JSON.stringify(sealed ? seal(body, key) : body) } : { headers };
  const answer = await fetch(`${PAYAGENCY_BASE_URL}${path}`, init);
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

let orders = 0;
export const orderId = () => `order-${process.pid}-${(orders += 1)}`;

const payer = (shop) => ({
  first_name: "Adaline", last_name: "Byronova", email: "adaline.b@example.com", address: "1 Analytical Row", country: "GB",
  city: "London", state: "LND", zip: "SW1A 1AA", ip_address: "203.0.113.7", phone_number: "7000000001", amount: 100,
  currency: "GBP", redirect_url: `${shop.url}/back?order=1&x=%2B`, order_id: orderId(),
});

const create = async (path, body) => {
  const answer = await call(path, { body });
  return { order: body.order_id, id: answer.data?.transaction_id, page: answer.redirect_url, status: answer.status };
};

export const card = (shop, number, more = {}) =>
  create("/api/v1/test/card", {
    ...payer(shop), card_number: number, card_expiry_month: "12", card_expiry_year: "2030", card_cvv: "029", ...more,
  });
export const hosted = (shop, more = {}) => create("/api/v1/test/hosted/card", { ...payer(shop), ...more });
export const apm = (shop, more = {}) => create("/api/v1/test/apm", { ...payer(shop), ...more });
export const payin = (shop, more = {}) => {
  const { state, zip, city, ...body } = payer(shop);
  return create("/api/v1/test/crypto/payin", { ...body, crypto_currency: "BTC", crypto_network: "BITCOIN", ...more });
};
export const ramp = (shop, more = {}) =>
  create("/api/v1/test/crypto", {
    transaction_type: "ONRAMP", first_name: "Adaline", last_name: "Byronova", phone_number: "7000000001",
    email: "adaline.b@example.com", ip_address: "203.0.113.7", country: "GB", fiat_currency: "GBP", fiat_amount: 50,
    crypto_currency: "BTC", crypto_network: "BITCOIN", wallet_address: "bc1-sandbox", redirect_url: `${shop.url}/back`,
    order_id: orderId(), ...more,
  });

/** A link by a live key, whose template knows the way back. */
export async function link(more = {}) {
  const { data } = await call("/api/v1/payment-templates", { live: true });
  const body = { payment_template_id: data[0].payment_template_id, order_id: orderId(), ...more };
  const answer = await call("/api/v1/payment-link", { body, sealed: false, live: true });
  return { order: body.order_id, page: answer.data, live: true };
}

export async function cryptoLink(more = {}) {
  const { data } = await call("/api/v1/payment-templates", { live: true });
  const body = {
    payment_template_id: data[1].payment_template_id, transaction_type: "PAYIN", fiat_amount: 30, fiat_currency: "GBP",
    crypto_currency: "BTC", order_id: orderId(), ...more,
  };
  const answer = await call("/api/v1/crypto/payment-link", { body, sealed: false, live: true });
  return { order: body.order_id, page: answer.data, live: true };
}

/** What the status call says, by order id. */
export const status = async ({ order, live }) => {
  const answer = await call(`/api/${live ? "live" : "test"}/status/${encodeURIComponent(order)}`, { live });
  return answer.status;
};

/** How often the ledger says that this order was charged. */
export async function charges({ order }) {
  const { providers, violations } = await (await fetch(`${SANDBOX}/_sandbox/ledger`)).json();
  assert.deepEqual(violations, []);
  return providers.payagency.sales.filter((sale) => sale.reference === order).reduce((sum, sale) => sum + sale.charges, 0);
}

/** Everything that the sandbox shows to anybody: control plane, logs, pages. */
export async function everything() {
  const paths = [
    "/", "/_sandbox/ledger", "/_sandbox/requests", "/_sandbox/webhooks/deliveries", "/_sandbox/pages/requests",
    "/_sandbox/pages/deliveries", "/_sandbox/pages/payagency/payments", "/_sandbox/pages/payagency/links",
    "/_sandbox/pages/payagency/wallets",
  ];
  const texts = await Promise.all(paths.map(async (path) => {
    const answer = await fetch(`${SANDBOX}${path}`);
    assert.equal(answer.status, 200, path);
    return `${path}\n${await answer.text()}`;
  }));
  return texts.join("\n");
}

/** Runs of digits, grouped or not, that could be a card's number. */
export function cardNumbers(text) {
  const luhn = (digits) => [...digits].reverse().reduce((sum, it, place) => {
    const digit = place % 2 ? it * 2 : Number(it);
    return sum + (digit > 9 ? digit - 9 : digit);
  }, 0) % 10 === 0;
  const runs = text.match(/\d(?:[ -]?\d){12,}/g) ?? [];
  const found = [];
  for (const run of runs.map((it) => it.replace(/\D/g, ""))) {
    for (let length = 13; length <= 19; length++) {
      for (let at = 0; at + length <= run.length; at++) {
        if (luhn(run.slice(at, at + length))) found.push(run);
      }
    }
  }
  return found;
}
