// What a merchant's server does at Pay1st: logs in, creates payments, builds links; and what the sandbox's books say.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

const { PAY1ST_BASE_URL, PAY1ST_API_KEY, PAY1ST_API_SECRET, PAY1ST_SIGNING_KEY, SANDBOX } = process.env;
const VENDOR = "application/vnd.carry1st.payments";

async function call(path, type, headers, body) {
  const init = { headers: { "content-type": `${VENDOR}.${type}+json`, ...headers } };
  const answer = await fetch(`${PAY1ST_BASE_URL}/api/pay1st${path}`, body ? { ...init, method: "POST", body } : init);
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function logIn() {
  const authorization = `Basic ${Buffer.from(`${PAY1ST_API_KEY}:${PAY1ST_API_SECRET}`).toString("base64")}`;
  const { accessToken } = await call("/auth/token", "partnerauthentication", { authorization }, '{"role":"API_USER"}');
  return accessToken;
}

let payments = 0;

/** A payment over the API, signed as the provider's page says; the shop's callbacks tell what happened. */
export async function create(shop, more = {}) {
  payments += 1;
  const partnerReference = `order-${process.pid}-${payments}`;
  const accessToken = await logIn();
  const body = JSON.stringify({
    amount: 100, countryCode: "NG", currencyCode: "NGN", partnerReference,
    callbackSuccessUrl: `${shop.url}/success?order=${payments}`, callbackFailureUrl: `${shop.url}/failure`,
    callbackPendingUrl: `${shop.url}/pending`, callbackCancelUrl: `${shop.url}/cancel`,
    products: [{ title: "10 Credits", sku: "12345", price: 100, quantity: 1, currencyCode: "NGN" }],
    metadata: [{ key: "customerId", value: "1" }],
    ...more,
  });
  const stamp = new Date().toISOString();
  const signature = createHmac("sha256", PAY1ST_SIGNING_KEY).update(stamp + body).digest("hex");
  const headers = { accesstoken: `Bearer ${accessToken}`, "x-timestamp": stamp, "x-signature": signature };
  const payment = await call("/payments/create", "payment", headers, body);
  return { ...payment, accessToken };
}

export const link = ({ reference, accessToken }, more = "") =>
  `${PAY1ST_BASE_URL}/checkout?reference=${encodeURIComponent(reference)}&accessToken=${encodeURIComponent(accessToken)}${more}`;

export async function status({ reference, accessToken }) {
  const answer = await call(`/payments?reference=${reference}`, "payment", { accesstoken: `Bearer ${accessToken}` });
  return answer.status;
}

/** How often the ledger says that this payment was charged. */
export async function charges({ partnerReference }) {
  const { providers, violations } = await (await fetch(`${SANDBOX}/_sandbox/ledger`)).json();
  assert.deepEqual(violations, []);
  return providers.pay1st.sales.find((sale) => sale.reference === partnerReference)?.charges ?? 0;
}

export async function channels({ accessToken }, country = "NG") {
  const headers = { accesstoken: `Bearer ${accessToken}` };
  const { data } = await call(`/payments/methods?countryCode=${country}`, "paymentchannel", headers);
  return data.groups.flatMap((group) => group.channels);
}
