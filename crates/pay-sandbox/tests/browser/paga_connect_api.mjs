// A shop that connects Paga accounts: a page with a link, a callback that checks the state, and calls with the token.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const { PAGA_BASE_URL, PAGA_CLIENT_ID, PAGA_CLIENT_SECRET, SANDBOX } = process.env;
const OAUTH = `${PAGA_BASE_URL}/paga-webservices/oauth2`;

export const PLAIN = { id: PAGA_CLIENT_ID, secret: PAGA_CLIENT_SECRET };
export const SCOPES = "MERCHANT_PAYMENT USER_DETAILS_REQUEST";

/** The shop's server; `ends` are the parameters of every return to its callback. */
export async function shop(client = PLAIN) {
  const states = new Set();
  const ends = [];
  const authorization = (more = {}) => {
    const state = randomUUID();
    states.add(state);
    const query = new URLSearchParams({
      client_id: client.id, response_type: "code", redirect_uri: self.callback, scope: SCOPES,
      user_data: "FIRST_NAME EMAIL", state, ...more,
    });
    return `${OAUTH}/authorization?${query}`;
  };
  const server = createServer((request, answer) => {
    const { pathname, searchParams } = new URL(request.url, "http://shop");
    answer.setHeader("content-type", "text/html");
    let words = `<a href="${authorization().replaceAll("&", "&amp;")}">Connect Paga</a>`;
    if (pathname === "/paga/callback") {
      const known = states.delete(searchParams.get("state"));
      ends.push({ known, ...Object.fromEntries(searchParams) });
      words = searchParams.has("code") ? "Connected" : "Not connected";
    }
    answer.end(`<!doctype html><html lang="en"><title>shop</title><h1>The shop</h1><p>${words}</p>`);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}`;
  const self = { url, callback: `${url}/paga/callback`, ends, authorization, close: () => server.close() };
  await control(`/clients/${client.id}/redirect_uris`, { redirect_uri: self.callback });
  return self;
}

/** The control plane of Paga Connect's part. */
export async function control(path, body) {
  const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const answer = await fetch(`${SANDBOX}/_sandbox/paga-connect${path}`, init);
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** The tokens of a code; the query form and raw Basic, as in Paga's own libraries. */
export async function exchange(code, redirect_uri, client = PLAIN) {
  const query = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri, scope: SCOPES });
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}`;
  const answer = await fetch(`${OAUTH}/token?${query}`, { method: "POST", headers: { authorization } });
  assert.equal(answer.status, 200);
  return answer.json();
}

/** Charges the user; the status, and the transaction where there is one. */
export async function charge(token, reference, amount = "12.50") {
  const path = `referenceNumber/${reference}/amount/${amount}/merchantCustomerReference/c-1`;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${OAUTH}/secure/merchantPayment/${path}`, { method: "POST", headers });
  return { status: answer.status, ...(await answer.json()).merchantPaymentResult };
}
