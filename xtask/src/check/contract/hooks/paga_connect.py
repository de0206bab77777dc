"""Paga Connect: a user's token, had by a consent without a browser."""

from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from .sandbox import Sandbox, answered

SCOPES = "MERCHANT_PAYMENT MONEY_TRANSFER USER_DETAILS_REQUEST"
USER_DATA = "FIRST_NAME LAST_NAME MOBILE_NUMBER EMAIL USERNAME ACCOUNT_BALANCE"


class Provider(Sandbox):
    name = "paga-connect"
    other_forms = {
        "result": "flat",
        "no_error": "zero_text",
        "error_code": "number",
        "failure_status": "400",
        "account_balance": "number",
        "expires_in": "text",
        "user_data": "list",
        "limit_maximum": "number",
        "refresh_token": "rotated",
    }

    def modes(self):
        return {"consent_without_browser": "on"}

    def start(self):
        self.client = (self.printed["client_id"], self.secret(self.printed["client_secret"]))
        answer = requests.post(
            f"{self.url}/paga-webservices/oauth2/token", data=self.code(), auth=self.client, timeout=10
        )
        self.token = self.secret(answered(answer)["access_token"])

    def asks(self):
        return {
            "client_id": self.printed["client_id"],
            "response_type": "code",
            "redirect_uri": self.printed["redirect_uri"],
            "scope": SCOPES,
            "user_data": USER_DATA,
            "state": "state-1",
        }

    def code(self):
        """What a new authorization code is changed for tokens with."""
        url = f"{self.url}/paga-webservices/oauth2/authorization?{urlencode(self.asks())}"
        back = self.steer("consent", {"url": url, "user": "ada", "approve": True})["redirect"]
        code = self.secret(parse_qs(urlsplit(back).query)["code"][0])
        return {"grant_type": "authorization_code", "code": code, "redirect_uri": self.printed["redirect_uri"]}

    def values(self, operation):
        reference = f"contract-{self.number()}"
        payment = {"referenceNumber": reference, "amount": "1.50", "merchantCustomerReference": "customer-1"}
        if operation.startswith("merchant_payment") and operation != "merchant_payment_form":
            if operation.endswith(("_product", "_currency")):
                payment["merchantProductCode"] = "BOOKS"
            if operation.endswith("_currency"):
                payment["currency"] = "NGN"
            return {"path_parameters": payment}
        match operation:
            case "authorization":
                return {"query": self.asks()}
            case "token":
                return {"body": self.code()}
            case "merchant_payment_form":
                return {"body": payment}
            case "money_transfer":
                about = {"amount": "1.50", "referenceNumber": reference, "skipMessaging": "true"}
                return {"query": about | {"recipientCredential": self.printed["recipient"]}}
            case "user_details":
                return {"body": {"referenceNumber": reference, "publicId": self.printed["client_id"]}}
            case "user_details_by_path" | "one_time_token":
                return {"path_parameters": {"referenceNumber": reference}}
        return {}

    def prepare(self, operation, request, anonymous):
        if anonymous:
            return request
        if operation["operationId"] == "token":
            return requests.auth.HTTPBasicAuth(*self.client)(request)
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request
