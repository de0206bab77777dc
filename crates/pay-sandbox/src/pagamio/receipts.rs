//! What a delivered sale hands over, and the receipt that shows it, in the observed shapes.

use super::accounts::ACCOUNTS;
use super::book::Record;
use super::catalogue::{FREE_ONLY_METER, FREE_TOO_METER, Family, Product, WATER_METER};
use super::modes::{Modes, ReceiptAmount};
use crate::Sale;
use crate::json::Node;
use crate::money;
use std::collections::HashSet;
use std::fmt;

/// What was handed over: bearer value, so it never prints.
#[derive(Clone)]
pub(super) enum Goods {
    Nothing,
    Tokens(Vec<MeterToken>),
    Voucher { pin: String, serial: String },
}

/// One electricity or water token.
#[derive(Clone)]
pub(super) struct MeterToken {
    token: String,
    description: &'static str,
    /// A JSON number.
    quantity: String,
    unit: &'static str,
    free: bool,
}

impl fmt::Debug for Goods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Tokens(_) => "Tokens([redacted])",
            Self::Voucher { .. } => "Voucher([redacted])",
        })
    }
}

impl Goods {
    /// Makes the goods of a sale; every secret is new.
    pub(super) fn issue(product: &Product, sale: &Sale, issued: &mut HashSet<String>) -> Self {
        match product.family {
            Family::Airtime | Family::Data | Family::Bill => Self::Nothing,
            Family::Voucher => Self::Voucher { pin: digits(16, issued), serial: digits(12, issued) },
            Family::Electricity => {
                let meter = sale.customer.as_str();
                let mut tokens = Vec::new();
                if meter != FREE_ONLY_METER {
                    tokens.push(MeterToken {
                        token: digits(20, issued),
                        description: "Normal sale",
                        // R2.00 a unit: a plausible tariff, nothing more.
                        quantity: money::decimal(sale.amount_cents / 2, 1),
                        unit: if meter == WATER_METER { "kl" } else { "kWh" },
                        free: false,
                    });
                }
                if meter == FREE_ONLY_METER || meter == FREE_TOO_METER {
                    tokens.push(MeterToken {
                        token: digits(20, issued),
                        description: "Free basic electricity",
                        quantity: "50.0".to_owned(),
                        unit: "kWh",
                        free: true,
                    });
                }
                Self::Tokens(tokens)
            }
        }
    }

    /// The tokens and PINs in it.
    pub(super) fn secrets(&self) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Tokens(tokens) => tokens.iter().map(|token| token.token.clone()).collect(),
            Self::Voucher { pin, serial } => vec![pin.clone(), serial.clone()],
        }
    }
}

/// Random digits that were never issued before; leading zeros are as likely as any.
fn digits(count: usize, issued: &mut HashSet<String>) -> String {
    loop {
        let digits: String = (0..count).map(|_| fastrand::digit(10)).collect();
        if issued.insert(digits.clone()) {
            return digits;
        }
    }
}

/// The receipt of a completed sale.
pub(super) fn receipt(record: &Record, modes: &Modes) -> Node {
    let sale = &record.sale;
    let amount = amount(sale.amount_cents, modes);
    let reference = ("reference", Node::text(&sale.transaction_id));
    let aggregator = ("aggregator", record.product.aggregator.into());
    let customer = Node::text(&sale.customer);
    Node::Object(match (&record.goods, record.product.family) {
        (Goods::Tokens(tokens), _) => vec![
            ("amount", amount),
            ("meterNumber", customer),
            aggregator,
            ("name", "SANDBOX CUSTOMER".into()),
            ("utility", "Sandbox Utility".into()),
            ("tokens", Node::List(tokens.iter().map(meter_token).collect())),
            ("fixedCosts", Node::List(Vec::new())),
            ("receiptNumber", Node::text(&sale.transaction_id[..8])),
            reference,
        ],
        (Goods::Voucher { pin, serial }, _) => vec![
            ("voucher", voucher(pin, serial, amount.clone())),
            ("details", Node::List(vec![voucher_detail(pin, serial, amount.clone())])),
            ("amount", amount),
            aggregator,
            reference,
        ],
        (Goods::Nothing, Family::Bill) => vec![
            ("amountDue", Node::Int(sale.amount_cents)),
            ("accountHolder", "SANDBOX CUSTOMER".into()),
            ("tenderType", "CASH".into()),
            ("amount", amount),
            ("serviceProviderFspNumber", "".into()),
            ("notes", "".into()),
            aggregator,
            ("accountNumber", customer),
            ("vendorName", ACCOUNTS[record.account].name().into()),
            // The documented sample has the leading space.
            ("serviceProviderName", Node::text(format!(" {}", record.product.brand().name))),
            reference,
        ],
        (Goods::Nothing, _) => vec![
            ("rechargeType", "PINLESS".into()),
            ("callCentre", "000 000 0000".into()),
            ("rechargeVendor", "AirtimeStub".into()),
            ("amount", amount),
            aggregator,
            reference,
        ],
    })
}

/// What in a receipt no document shows.
pub(super) fn assumed(record: &Record) -> Option<&'static str> {
    match record.product.family {
        Family::Airtime => None,
        Family::Electricity if record.sale.customer == FREE_TOO_METER => Some("which meter gives a free token"),
        Family::Electricity if record.sale.customer == FREE_ONLY_METER => {
            Some("what a sale of only a free token costs")
        }
        Family::Electricity => Some("tariff and receipt number"),
        Family::Voucher => Some("voucher receipt, known from its field paths only"),
        Family::Bill => Some("unit of amountDue"),
        Family::Data => Some("data receipt, shaped as for airtime"),
    }
}

fn amount(cents: i64, modes: &Modes) -> Node {
    match modes.receipt_amount {
        ReceiptAmount::Cents => Node::Int(cents),
        ReceiptAmount::Rand => Node::Number(money::decimal(cents, 1)),
    }
}

fn meter_token(token: &MeterToken) -> Node {
    Node::Object(vec![
        ("token", Node::text(&token.token)),
        ("tokenDescription", token.description.into()),
        ("quantity", Node::Number(token.quantity.clone())),
        ("unit", token.unit.into()),
        ("free", Node::Bool(token.free)),
    ])
}

fn voucher(pin: &str, serial: &str, amount: Node) -> Node {
    let content = Node::Object(vec![
        ("redemptionInstructions", "Redeem this PIN in the sandbox only.".into()),
        ("termsAndConditions", "Worthless: made by a sandbox.".into()),
    ]);
    Node::Object(vec![
        ("pin", pin.into()),
        ("serialNumber", serial.into()),
        ("amount", amount),
        ("expiryDate", "2099-12-31".into()),
        ("content", content),
    ])
}

fn voucher_detail(pin: &str, serial: &str, amount: Node) -> Node {
    let token = Node::Object(vec![("token", pin.into()), ("serialNumber", serial.into())]);
    Node::Object(vec![
        ("productInstructions", "Redeem this PIN in the sandbox only.".into()),
        ("productAmount", amount),
        ("tokens", Node::List(vec![token])),
    ])
}
