//! Ramps, crypto pay-ins and the currencies that there are.

use super::amounts::{self, Amount};
use super::answers::Refusal;
use super::body::Object;
use super::create::{self, Started};
use super::modes::{MoneyUnit, PayinAnswer, PayinOrderId};
use super::orders;
use super::payment::{Crypto, Kind, Order};
use super::state::{Call, State};
use super::status::Status;
use crate::json::Node;
use crate::provider::Reply;
use rust_decimal::{Decimal, RoundingStrategy};

/// Names, codes and signs. The first row is as in two SDKs; the list itself is ours.
const CURRENCIES: [(&str, &str, &str); 4] =
    [("Bitcoin", "BTC", "₿"), ("Ethereum", "ETH", "Ξ"), ("Tether", "USDT", "₮"), ("TRON", "TRX", "TRX")];

/// `POST /crypto`: exactly one of the two amounts, as the direction says.
pub(super) fn ramp(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = &call.body;
    let required = [
        "transaction_type",
        "first_name",
        "last_name",
        "phone_number",
        "email",
        "ip_address",
        "country",
        "fiat_currency",
        "crypto_currency",
        "crypto_network",
        "wallet_address",
        "redirect_url",
    ];
    orders::filled(body, &required)?;
    let kind = match direction(body)? {
        Kind::CryptoPayin => return Err(Refusal::wrong([("transaction_type", "must be ONRAMP or OFFRAMP")])),
        kind => kind,
    };
    for name in ["first_name", "last_name"] {
        let text = body.required(name)?;
        if !(3..=191).contains(&text.chars().count()) || !text.chars().all(char::is_alphabetic) {
            return Err(Refusal::wrong([(name, "must be 3 to 191 letters")]));
        }
    }
    let phone = body.required("phone_number")?;
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    if !(8..=19).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::wrong([("phone_number", "must be 8 to 19 digits")]));
    }
    orders::country_of_two(body)?;
    let currency = orders::currency(body, "fiat_currency")?;
    let (amount, mut crypto) = exchanged(state, body, kind)?;
    crypto.network = body.text("crypto_network");
    let order = order(call, kind, orders::ids(body)?, amount, currency, crypto);
    let Started::New(id) = create::open(state, call, order, Status::Redirect)? else {
        return create::first(state, call);
    };
    Ok(create::answer(state, &id, call.base)?.assume("the exchange rate").assume("the address of the page"))
}

/// `POST /crypto/payin`.
pub(super) fn payin(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = &call.body;
    let mut required = vec![
        "first_name",
        "last_name",
        "email",
        "ip_address",
        "phone_number",
        "address",
        "currency",
        "crypto_currency",
    ];
    required.extend(["crypto_network", "country", "redirect_url"]);
    if state.modes.payin_order_id == PayinOrderId::Required {
        required.push("order_id");
    }
    orders::filled(body, &required)?;
    orders::country_of_two(body)?;
    let amount = orders::amount(body, "amount", &state.modes)?;
    let currency = orders::currency(body, "currency")?;
    let crypto = Crypto {
        currency: body.required("crypto_currency")?,
        network: body.text("crypto_network"),
        amount: coins_for(&amount, &body.required("crypto_currency")?),
        paid: None,
    };
    let order = order(call, Kind::CryptoPayin, orders::ids(body)?, amount, currency, crypto);
    let status = match state.modes.payin_answer {
        PayinAnswer::Redirect => Status::Redirect,
        PayinAnswer::Pending => Status::Pending,
    };
    let Started::New(id) = create::open(state, call, order, status)? else { return create::first(state, call) };
    create::answer(state, &id, call.base)
}

fn order(
    call: &Call<'_>,
    kind: Kind,
    order_id: Option<String>,
    amount: Amount,
    currency: String,
    crypto: Crypto,
) -> Order {
    let body = &call.body;
    Order {
        environment: call.environment,
        kind,
        order_id,
        amount,
        currency,
        customer: orders::customer(body),
        redirect_url: body.text("redirect_url"),
        webhook_url: body.text("webhook_url"),
        card: None,
        crypto: Some(crypto),
    }
}

/// `POST /crypto/currencies`: a read, though it is a POST.
pub(super) fn currencies(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    orders::country_of_two(&call.body)?;
    orders::amount(&call.body, "amount", &state.modes)?;
    let row = |(name, code, symbol): (&str, &str, &str)| {
        Node::Object(vec![("name", name.into()), ("code", code.into()), ("symbol", symbol.into())])
    };
    let data = Node::List(CURRENCIES.into_iter().map(row).collect());
    let body = Node::Object(vec![("message", "Currencies fetched successfully".into()), ("data", data)]);
    Ok(Reply::ok(&body).assume("the list of currencies and its message"))
}

/// Which way a ramp or link goes.
pub(super) fn direction(body: &Object) -> Result<Kind, Refusal> {
    match body.required("transaction_type")?.as_str() {
        "ONRAMP" => Ok(Kind::OnRamp),
        "OFFRAMP" => Ok(Kind::OffRamp),
        "PAYIN" => Ok(Kind::CryptoPayin),
        _ => Err(Refusal::wrong([("transaction_type", "must be ONRAMP, OFFRAMP or PAYIN")])),
    }
}

/// Both sides of an exchange, of which the body must name exactly one: crypto for an off-ramp, else money.
pub(super) fn exchanged(state: &State, body: &Object, kind: Kind) -> Result<(Amount, Crypto), Refusal> {
    let (named, forbidden) = match kind {
        Kind::OffRamp => ("crypto_amount", "fiat_amount"),
        _ => ("fiat_amount", "crypto_amount"),
    };
    if body.has(forbidden) {
        return Err(Refusal::wrong([(forbidden, "is not allowed in this direction")]));
    }
    let raw = body.raw(named).ok_or_else(|| Refusal::missing([named]))?;
    let currency = body.text("crypto_currency").unwrap_or_default();
    if kind != Kind::OffRamp {
        let amount = orders::amount(body, named, &state.modes)?;
        let coins = coins_for(&amount, &currency);
        return Ok((amount, Crypto { currency, amount: coins, ..Crypto::default() }));
    }
    let wrong = || Refusal::wrong([(named, "is not such an amount")]);
    let coins = amounts::coins(raw).ok_or_else(wrong)?;
    let money = coins.checked_mul(rate(&currency)).ok_or_else(wrong)?;
    let money = money.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize().to_string();
    let booked = amounts::read(&money, MoneyUnit::Major).ok_or_else(wrong)?;
    let text = amounts::write(booked.cents, state.modes.money_unit);
    Ok((Amount { text, ..booked }, Crypto { currency, amount: Some(coins.to_string()), ..Crypto::default() }))
}

/// What one coin costs, in any currency. **Invented**, and always the same.
fn rate(currency: &str) -> Decimal {
    match currency {
        "BTC" => Decimal::from(50_000),
        "ETH" => Decimal::from(2_500),
        "TRX" => Decimal::new(25, 2),
        _ => Decimal::ONE,
    }
}

/// How much crypto an amount of money is, to eight decimals.
fn coins_for(amount: &Amount, currency: &str) -> Option<String> {
    let coins = Decimal::new(amount.cents, 2).checked_div(rate(currency))?;
    Some(coins.round_dp_with_strategy(8, RoundingStrategy::MidpointAwayFromZero).normalize().to_string())
}
