"""Pagamio: tokens of two accounts."""

import requests

from .sandbox import Sandbox, answered


class Provider(Sandbox):
    name = "pagamio"
    never = dict.fromkeys(("forgot_password", "reset_password"), "the documents give the name alone")
    other_forms = {
        "token_shape": "access_token",
        "error_envelope": "C",
        "purchase_answer": "nested",
        "response_code": "number",
        "receipt_amount": "rand",
        "record_receipt": "present",
        "receipt_fields": "rooted",
        "timestamps": "slashed",
        "ids": "strings",
    }

    def modes(self):
        # Ten purchases a minute are fewer than are tried here; a refresh token is used by many cases.
        return {"rate_limits": "off", "old_refresh_token": "valid"}

    def start(self):
        self.merchant = self.printed["accounts"]["merchant"]
        self.sub_merchant = self.printed["accounts"]["sub_merchant"]
        pair = self.log_in(self.merchant)
        self.token, self.refresh_token = pair["token"], pair["refreshToken"]
        self.sub_token = self.log_in(self.sub_merchant)["token"]
        self.category = self.read("/products/categories")[0]["id"]

    def log_in(self, account):
        body = {"username": account["username"], "password": self.secret(account["password"])}
        pair = answered(requests.post(f"{self.url}/auth/token", json=body, timeout=10))["data"]
        self.secrets += [pair["token"], pair["refreshToken"]]
        return pair

    def read(self, path):
        return answered(requests.get(self.url + path, headers={"Authorization": f"Bearer {self.token}"}, timeout=10))

    def values(self, operation):
        match operation:
            case "token":
                return {"body": {key: self.merchant[key] for key in ("username", "password")}}
            case "refresh":
                return {"body": {"refreshToken": self.refresh_token}}
            case "category_fields" | "category_products":
                return {"path_parameters": {"categoryId": str(self.category)}}
            case "merchant_products":
                return {"path_parameters": {"merchantId": self.merchant["merchant_id"]}}
            case "sub_merchant_products":
                return {"path_parameters": {"subMerchantId": self.sub_merchant["merchant_id"]}}
            case "lookups":
                names = ["brands", "providers", "transaction-status", "environments", "channel-types"]
                return {"path_parameters": {"name": names[self.number() % len(names)]}}
            case "lookup_bill_payment":
                return {"body": {"accountNumber": "81715524", "productCode": "BIL-DST-001"}}
            case "lookup_money_transfer":
                return {"body": {"accountNumber": "81715524"}}
            case "lookup_electricity":
                return {"body": {"meterNumber": "00001000000", "productCode": "ELE-FLS-001"}}
            case "purchase":
                return {"body": self.purchase()}
            case "transactions":
                account = {"userType": self.merchant["user_type"], "userTypeId": self.merchant["user_type_id"]}
                return {"query": account}
        return {}

    def purchase(self):
        number = self.number()
        products = [
            {"productCode": "AIR-VOD-001", "amount": 10.5, "mobileNumber": "+27821234567"},
            {"productCode": "DAT-CLC-028", "amount": 19, "mobileNumber": "+27821234567"},
            {"productCode": "ELE-FLS-001", "amount": 20, "meterNumber": "00001000000"},
            {"productCode": "BIL-DST-001", "amount": 50, "accountNumber": "81715524"},
            {"productCode": "VCH-STM-001", "amount": 100},
        ]
        common = {
            "paymentMethod": "cash",
            "channelId": self.merchant["channel_id"],
            "merchantReference": f"contract-{number}",
        }
        return products[number % len(products)] | common

    def prepare(self, operation, request, anonymous):
        if not anonymous:
            is_sub = operation["operationId"] == "sub_merchant_products"
            request.headers["Authorization"] = f"Bearer {self.sub_token if is_sub else self.token}"
        return request
