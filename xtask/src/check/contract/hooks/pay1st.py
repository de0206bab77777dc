"""Pay1st: a token in a header of its own, vendor media types, and signed bodies."""

import datetime
import hashlib
import hmac

import requests

from .sandbox import Sandbox, answered

AUTHENTICATION = "application/vnd.carry1st.payments.partnerauthentication+json"
PAYMENT = "application/vnd.carry1st.payments.payment+json"


class Provider(Sandbox):
    name = "pay1st"
    other_forms = {
        "methods_shape": "flat",
        "session_id": "absent",
        "refund_handling": "PSP_MANUAL",
        "refund_dates": "zoneless",
        "transaction_reference": "present",
    }

    def modes(self):
        # A refresh token is used by many cases.
        return {"old_refresh_token": "valid"}

    def start(self):
        self.key_pair = (self.printed["api_key"], self.secret(self.printed["api_secret"]))
        self.signing_key = self.secret(self.printed["signing_key"]).encode()
        answer = requests.post(
            f"{self.url}/api/pay1st/auth/token",
            json={"role": "API_USER"},
            headers={"Content-Type": AUTHENTICATION},
            auth=self.key_pair,
            timeout=10,
        )
        pair = answered(answer)
        self.token, self.refresh_token = self.secret(pair["accessToken"]), self.secret(pair["refreshToken"])
        self.paid = self.create()
        self.steer(f"payments/{self.paid}/pay", {"channel_id": 2})
        self.made = [self.paid, self.create()]
        for action in ("fail", "pay_later", "cancel", "expire"):
            self.made.append(self.create())
            self.steer(f"payments/{self.made[-1]}/{action}")

    def create(self):
        """The reference of a payment that was not there before."""
        answer = requests.post(
            f"{self.url}/api/pay1st/payments/create",
            json=self.payment(),
            headers={"Content-Type": PAYMENT},
            auth=lambda request: self.sign(self.with_token(request)),
            timeout=10,
        )
        return answered(answer)["reference"]

    def payment(self):
        product = {"title": "Coins", "sku": "COINS-1", "price": 1500.5, "quantity": 1, "currencyCode": "NGN"}
        return {
            "countryCode": "NG",
            "currencyCode": "NGN",
            "amount": 1500.5,
            "partnerReference": f"contract-{self.number()}",
            "products": [product],
            "metadata": [{"key": "customerId", "value": "customer-1"}],
        }

    def values(self, operation):
        match operation:
            case "token":
                return {"body": {"role": "API_USER"}}
            case "refresh":
                return {"body": {"role": "API_USER", "refreshToken": self.refresh_token}}
            case "payment_methods":
                countries = ["ZA", "NG", "KE", "EG", "MA", "GH"]
                return {"query": {"countryCode": countries[self.number() % len(countries)]}}
            case "create_payment":
                return {"body": self.payment()}
            case "payment":
                return {"query": {"reference": self.made[self.number() % len(self.made)]}}
            case "report_fulfilment":
                product = {"sku": "COINS-1", "fulfilmentStatus": "FULFILLED", "quantity": 1}
                return {"body": {"reference": self.paid, "products": [product]}}
            case "refund":
                reference = f"refund-{self.number()}"
                return {"body": {"transactionReference": self.paid, "partnerRefundReference": reference, "amount": 0.5}}
        return {}

    def prepare(self, operation, request, anonymous):
        if media := operation.get("x-pay-media", {}).get("send"):
            request.headers["Content-Type"] = media
        if anonymous:
            return request
        if operation["operationId"] == "token":
            return requests.auth.HTTPBasicAuth(*self.key_pair)(request)
        self.with_token(request)
        return self.sign(request) if operation.get("x-pay-sign") else request

    def with_token(self, request):
        request.headers["AccessToken"] = f"Bearer {self.token}"
        return request

    def sign(self, request):
        """Over the timestamp and the bytes that are sent."""
        stamp = datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        signature = hmac.new(self.signing_key, stamp.encode() + body, hashlib.sha256).hexdigest()
        request.headers["X-TIMESTAMP"], request.headers["X-SIGNATURE"] = stamp, signature
        return request
