"""A Pagamio client from the provider's documentation, with Python's standard library only.

Starts nothing: it is given the first line that `pay-sandbox serve --json` prints, as an argument or on stdin.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal


def call(method, url, token=None, body=None):
    """Sends a request; answers its status and its JSON, with numbers as exact decimals."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Accept", "application/json")
    if data is not None:
        request.add_header("Content-Type", "application/json")
    if token is not None:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read(), parse_float=Decimal)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read(), parse_float=Decimal)


def expect(condition, what):
    if not condition:
        sys.exit("failed: " + what)


def main():
    facts = json.loads(sys.argv[1] if len(sys.argv) > 1 else sys.stdin.readline())
    pagamio = facts["providers"]["pagamio"]
    base = pagamio["base_url"]

    login = {"username": pagamio["username"], "password": pagamio["password"]}
    status, answer = call("POST", base + "/auth/token", body=login)
    expect(status == 200 and answer["successful"] is True, "login")
    token = answer["data"]["token"]
    expect(answer["data"]["expiresIn"] == 1800, "lifetime of the token")

    status, answer = call("GET", base + "/products/categories")
    expect(status == 401 and answer["responseCode"] == "401", "a call without a token is refused")

    status, categories = call("GET", base + "/products/categories", token)
    expect(status == 200 and isinstance(categories, list), "categories")
    airtime = next(it for it in categories if it["name"] == "Airtime")
    needed = {it["name"] for it in json.loads(airtime["meta"])["fields"] if it["required"]}

    status, products = call("GET", f"{base}/merchants/{pagamio['merchant_id']}/products", token)
    expect(status == 200, "product list")
    product = next(it for it in products if it["code"] == "AIR-VOD-001")
    expect(product["minAmount"] <= 10 <= product["maxAmount"], "bounds of the product")

    order = {
        "productCode": product["code"],
        "amount": 10.0,
        "mobileNumber": "+27821234567",
        "paymentMethod": "cash",
        "channelId": pagamio["channel_id"],
        "merchantReference": "python-order-1",
    }
    expect(needed <= set(order), "every field that the category asks for")
    status, first = call("POST", base + "/purchase", token, order)
    expect(status == 200 and first["responseCode"] == "0" and first["successful"] is True, "purchase")
    expect(first["receipt"]["amount"] == 1000, "the receipt counts cents")
    status, second = call("POST", base + "/purchase", token, order)
    expect(second == first, "the same reference answers the same sale")
    status, answer = call("POST", base + "/purchase", token, order | {"amount": 20.0})
    expect(status == 409, "the same reference with other content is a conflict")

    query = urllib.parse.urlencode({"userType": "MERCHANT", "userTypeId": pagamio["user_type_id"]})
    status, history = call("POST", f"{base}/transactions?{query}", token)
    records = [it for it in history["content"] if it["transactionId"] == first["transactionId"]]
    expect(status == 200 and len(records) == 1, "one record of the sale")
    expect(records[0]["status"]["code"] == 0 and records[0]["totalAmount"] == Decimal("10"), "the record")

    status, ledger = call("GET", facts["control"] + "/ledger")
    sales = ledger["providers"]["pagamio"]["sales"]
    expect([(it["reference"], it["charges"]) for it in sales] == [("python-order-1", 1)], "the ledger")
    expect(ledger["violations"] == [], "the books")
    print("bought R10 of airtime once")


main()
