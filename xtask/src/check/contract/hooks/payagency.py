"""Pay Agency: a key for each environment, and sealed bodies."""

import json
import os

import requests
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .sandbox import Sandbox, answered

PAYER = {
    "first_name": "Ada",
    "last_name": "Contract",
    "email": "ada@example.com",
    "address": "1 Example Street",
    "country": "GB",
    "city": "London",
    "state": "London",
    "zip": "E1 1AA",
    "ip_address": "192.0.2.1",
    "phone_number": "447000000000",
    "amount": 10.5,
    "currency": "USD",
}
# The numbers are put together here, so that no file holds one.
CARD = {"card_number": "4111" + "1" * 12, "card_expiry_month": "12", "card_expiry_year": "2099"}
ETHER = {"crypto_currency": "ETH", "crypto_network": "ETHEREUM"}
BACK = {"redirect_url": "https://shop.example/back"}


class Provider(Sandbox):
    name = "payagency"
    other_forms = {
        "reply_amounts": "strings",
        "crypto_amounts": "string",
        "status_case": "lower",
        "payin_answer": "PENDING",
        "payout_answer": "PENDING",
        "estimate_key": "amount_required",
        "hosted_url": "page",
        "field_errors": "absent",
        "declined_status": "400",
        "open_status": "INIT",
    }

    def start(self):
        live = self.printed["live"]
        self.keys = {"test": self.secret(self.printed["secret_key"]), "live": self.secret(live["secret_key"])}
        self.seals = {
            "test": self.secret(self.printed["encryption_key"]).encode(),
            "live": self.secret(live["encryption_key"]).encode(),
        }
        wallets = self.ask("test", "GET", "/api/v1/wallet")["data"]
        self.wallet = next(wallet for wallet in wallets if wallet["status"] == "Active")["wallet_id"]
        self.template = self.ask("live", "GET", "/api/v1/payment-templates")["data"][0]["payment_template_id"]
        self.made = [self.make("card", self.card(number)) for number in ("4111" + "1" * 12, "4000" + "0" * 11 + "2")]
        page = self.make("hosted/card", PAYER | BACK)
        self.made += [page, self.make("crypto/payin", PAYER | BACK | ETHER)]
        self.steer(f"payments/{self.made[-1]}/pay_under")
        self.steer(f"payments/{self.made[0]}/charge_back")
        self.paid_out = self.make("payout", PAYER | CARD | {"wallet_id": self.wallet})

    def card(self, number=CARD["card_number"]):
        return PAYER | CARD | BACK | {"card_number": number, "card_cvv": "123"}

    def make(self, path, body):
        """The transaction id of something that was not there before."""
        sealed = self.seal("test", json.dumps(body | self.order()).encode())
        return self.ask("test", "POST", f"/api/v1/test/{path}", sealed)["data"]["transaction_id"]

    def ask(self, environment, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.keys[environment]}", "Content-Type": "application/json"}
        return answered(requests.request(method, self.url + path, data=body, headers=headers, timeout=10))

    def order(self):
        return {"order_id": f"contract-{self.number()}"}

    def values(self, operation):
        test = {"path_parameters": {"environment": "test"}}
        sealed = {
            "card": self.card(),
            "hosted_card": PAYER | BACK,
            "apm": PAYER | BACK,
            "payout": PAYER | CARD | {"wallet_id": self.wallet},
            "crypto_payin": PAYER | BACK | ETHER,
            "crypto_ramp": {key: PAYER[key] for key in ("first_name", "last_name", "email", "country", "ip_address")}
            | BACK
            | {
                "phone_number": PAYER["phone_number"],
                "transaction_type": "ONRAMP",
                "fiat_amount": 100,
                "fiat_currency": "USD",
                "crypto_currency": "BTC",
                "crypto_network": "BITCOIN",
                "wallet_address": "sandbox-wallet-address",
            },
        }
        if operation in sealed:
            return test | {"body": sealed[operation] | self.order()}
        match operation:
            case "estimate_payout":
                card = {"card_number": CARD["card_number"]}
                return {"body": {"wallet_id": self.wallet, "amount": 10} | card}
            case "payout_status":
                return {"path_parameters": {"environment": "test", "id": self.paid_out}}
            case "status":
                return {"path_parameters": {"environment": "test", "id": self.made[self.number() % len(self.made)]}}
            case "refund":
                paid = self.make("card", self.card())
                return test | {"body": {"transaction_id": paid, "reason": "Contract"}}
            case "transactions" | "wallet_transactions":
                return test
            case "payment_link":
                return {"body": {"amount": 10, "currency": "USD"} | self.order()}
            case "crypto_currencies":
                return test | {"body": {"country": "GB", "amount": 100}}
            case "crypto_payment_link":
                link = {"payment_template_id": self.template, "transaction_type": "PAYIN"}
                money = {"fiat_amount": 10, "fiat_currency": "USD", "crypto_currency": "BTC"}
                return {"body": link | money | self.order()}
        return {}

    def prepare(self, operation, request, anonymous):
        # A test key's links name no template, and this one's must.
        is_live = "/live" in request.url or operation["operationId"] == "crypto_payment_link"
        environment = "live" if is_live else "test"
        if operation.get("x-pay-seal") and request.body is not None:
            body = request.body.encode() if isinstance(request.body, str) else request.body
            request.prepare_body(self.seal(environment, body), None)
        if not anonymous:
            request.headers["Authorization"] = f"Bearer {self.keys[environment]}"
        return request

    def seal(self, environment, text):
        """AES-256-CBC with PKCS#7 padding: IV and ciphertext in hexadecimal digits, a colon between them."""
        padder = padding.PKCS7(128).padder()
        initial = os.urandom(16)
        cipher = Cipher(algorithms.AES(self.seals[environment]), modes.CBC(initial)).encryptor()
        closed = cipher.update(padder.update(text) + padder.finalize()) + cipher.finalize()
        return json.dumps({"payload": f"{initial.hex()}:{closed.hex()}"}).encode()
