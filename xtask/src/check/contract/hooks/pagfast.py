"""PagFast: a JWT that is had with an access key, and a receiver of webhooks, which the simulators wait for."""

import datetime
import http.server
import threading

import requests

from .sandbox import Sandbox, answered

CPF = "12345678909"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes every event."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Provider(Sandbox):
    name = "pagfast"
    other_forms = {
        "creation_answer": "transaction_id",
        "list_items": "v2_0_2",
        "error_details": "list",
        "error_cause": "object",
        "amounts": "two_decimals",
        "refund_date": "present",
        "key_check": "later",
        "webhook_unreachable": "500",
    }

    def start(self):
        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.hook = {"url": f"http://127.0.0.1:{receiver.server_port}/hook"}
        self.url += self.printed["service_prefix"]
        self.keys = {"accessKey": self.printed["access_key"], "secret": self.secret(self.printed["secret"])}
        answer = requests.post(f"{self.url}/login", json=self.keys, timeout=10)
        answer.raise_for_status()
        self.token = self.secret(answer.text)
        self.made = list(self.some())

    def make(self, path, body):
        """The id of a transaction that was not there before, in either form of the answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        data = answered(requests.post(self.url + path, json=body, headers=headers, timeout=10))["data"]
        return data.get("transactionId") or data["transaction"]["id"]

    def some(self):
        """The ids of transactions of every kind, with and without what may be left out, open and ended."""
        deposit = self.deposit()
        for body in (deposit, {"payment": {"value": {"original": "5"}}}):
            yield self.make("/accounts/pix/cashin", body)
        yield self.make("/accounts/pix/cashout", self.withdrawal())
        yield self.make("/accounts/payment-initiation", self.open_finance())
        for move in ("complete", "cancel", "fail", "reverse"):
            made = self.make("/accounts/pix/cashin", self.deposit())
            for step in ("complete", move) if move == "reverse" else (move,):
                self.steer(f"transactions/{made}/{step}")
            yield made

    def order(self):
        return {"transaction": {"orderId": f"contract-{self.number()}", "orderDescription": "Contract"}}

    def deposit(self):
        payment = {"payer": {"name": "Ada", "cpf": CPF}, "value": {"original": "10.50"}}
        return {"payment": payment, "webhook": self.hook} | self.order()

    def withdrawal(self):
        payment = {"recipient": {"name": "Ada", "cpf": CPF}, "key": {"type": "CPF", "value": CPF}, "value": "1.50"}
        return {"payment": payment, "webhook": self.hook} | self.order()

    def open_finance(self):
        payer = {"taxNumber": CPF}
        payment = {"payer": payer, "value": {"original": "10.50"}, "redirectUrl": "https://shop.example/back"}
        return {"payment": payment, "webhook": self.hook} | self.order()

    def values(self, operation):
        match operation:
            case "login":
                return {"body": self.keys}
            case "pix_cash_in":
                return {"body": self.deposit()}
            case "pix_cash_out":
                return {"body": self.withdrawal()}
            case "open_finance_cash_in":
                return {"body": self.open_finance()}
            case "transaction":
                return {"path_parameters": {"transactionId": self.made[self.number() % len(self.made)]}}
            case "transactions":
                now = datetime.datetime.now(datetime.UTC)
                days = {"startDate": now - datetime.timedelta(hours=12), "endDate": now + datetime.timedelta(hours=1)}
                stamps = {name: day.strftime("%Y-%m-%dT%H:%M:%S.000Z") for name, day in days.items()}
                return {"query": {"transactionOrderId": "contract-1", "dataset.limit": 10, "dataset.offset": 0} | stamps}
            case "simulate_pix":
                made = self.make("/accounts/pix/cashin", self.deposit())
                return {"path_parameters": {"transactionId": made}, "body": {"name": "Ada", "taxNumber": CPF}}
            case "simulate_open_finance":
                made = self.make("/accounts/payment-initiation", self.open_finance())
                return {"path_parameters": {"transactionId": made}}
            case "receivers":
                return {"query": {"dataset.limit": 10, "dataset.offset": 0}}
        return {}

    def prepare(self, operation, request, anonymous):
        if not anonymous:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request
