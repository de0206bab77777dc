//! The seeded catalogue: documented product codes and samples, completed by plausible values.

/// What a product is, which decides the fields it needs and the receipt it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Airtime,
    Data,
    Electricity,
    Voucher,
    Bill,
}

/// A category, with the metadata that tells a client which fields to send.
#[derive(Debug)]
pub(super) struct Category {
    pub(super) id: i64,
    pub(super) name: &'static str,
    pub(super) order: i64,
    /// Name and type; all are required.
    pub(super) fields: &'static [(&'static str, &'static str)],
    pub(super) receipt_fields: &'static [&'static str],
}

/// A brand.
#[derive(Debug)]
pub(super) struct Brand {
    pub(super) id: i64,
    pub(super) text_id: &'static str,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
}

/// A product.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) id: i64,
    pub(super) text_id: &'static str,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) short_name: &'static str,
    pub(super) family: Family,
    pub(super) category: i64,
    pub(super) brand: usize,
    pub(super) min_cents: i64,
    pub(super) max_cents: i64,
    pub(super) pin_less: bool,
    pub(super) aggregator: &'static str,
    pub(super) standing: Standing,
}

/// Who may buy a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Every merchant.
    Everyone,
    /// Every merchant but the second one.
    NotTheOther,
    /// In the catalogue, activated for nobody.
    Nobody,
    /// Switched off for all.
    Inactive,
}

const AMOUNT: (&str, &str) = ("amount", "number");
const PAYMENT: (&str, &str) = ("paymentMethod", "string");
const MOBILE: (&str, &str) = ("mobileNumber", "string");
const RECHARGE: &[&str] = &[
    "rechargeDetails.rechargeType",
    "rechargeDetails.callCentre",
    "rechargeDetails.rechargeVendor",
    "amount",
    "reference",
];

pub(super) static CATEGORIES: [Category; 6] = [
    Category { id: 1001, name: "Airtime", order: 1, fields: &[AMOUNT, MOBILE, PAYMENT], receipt_fields: RECHARGE },
    Category { id: 1002, name: "Data", order: 2, fields: &[AMOUNT, MOBILE, PAYMENT], receipt_fields: RECHARGE },
    Category {
        id: 1003,
        name: "Electricity",
        order: 3,
        fields: &[AMOUNT, ("meterNumber", "string"), PAYMENT],
        receipt_fields: &[
            "receipt.token",
            "receipt.units",
            "receipt.unitType",
            "receipt.taxAmount",
            "receipt.amount",
            "receipt.meterNumber",
        ],
    },
    Category {
        id: 1004,
        name: "Voucher",
        order: 4,
        fields: &[AMOUNT, PAYMENT],
        receipt_fields: &[
            "voucher.pin",
            "voucher.serialNumber",
            "voucher.amount",
            "voucher.expiryDate",
            "voucher.content.redemptionInstructions",
            "voucher.content.termsAndConditions",
            "details[0].productInstructions",
            "details[0].tokens[0].token",
            "details[0].tokens[0].serialNumber",
            "details[0].productAmount",
        ],
    },
    Category {
        id: 1005,
        name: "Pay Bills",
        order: 5,
        fields: &[AMOUNT, ("accountNumber", "string"), PAYMENT],
        receipt_fields: &["amountDue", "accountHolder", "accountNumber", "amount", "reference"],
    },
    Category { id: 2000, name: "SMS", order: 10, fields: &[AMOUNT, MOBILE, PAYMENT], receipt_fields: RECHARGE },
];

const fn brand(id: i64, text_id: &'static str, code: &'static str, name: &'static str) -> Brand {
    Brand { id, text_id, code, name }
}

pub(super) static BRANDS: [Brand; 6] = [
    brand(2848, "V1A2B3", "VM", "Vodacom"),
    brand(2849, "M1A2B3", "MTN", "MTN"),
    brand(2850, "C1A2B3", "CLC", "Cellc"),
    brand(2851, "F1A2B3", "FLS", "FLASH Group"),
    brand(2852, "S1A2B3", "STM", "Steam"),
    brand(2853, "D1A2B3", "DST", "DStv"),
];

pub(super) static PRODUCTS: [Product; 7] = [
    Product {
        id: 21400,
        text_id: "P9X8Y7",
        code: "AIR-VOD-001",
        name: "Vodacom Airtime",
        short_name: "Vodacom",
        family: Family::Airtime,
        category: 1001,
        brand: 0,
        min_cents: 500,
        max_cents: 100_000,
        pin_less: true,
        aggregator: "FLASH",
        standing: Standing::Everyone,
    },
    Product {
        id: 21450,
        text_id: "P9X8Y8",
        code: "DAT-CLC-028",
        name: "Weekly bundle 1GB",
        short_name: "1GB weekly",
        family: Family::Data,
        category: 1002,
        brand: 2,
        min_cents: 1900,
        max_cents: 1900,
        pin_less: true,
        aggregator: "FLASH",
        standing: Standing::Everyone,
    },
    Product {
        id: 21451,
        text_id: "P9X8Y9",
        code: "DAT-MTN-037",
        name: "Monthly bundle",
        short_name: "Monthly",
        family: Family::Data,
        category: 1002,
        brand: 1,
        min_cents: 9900,
        max_cents: 9900,
        pin_less: false,
        aggregator: "FLASH",
        standing: Standing::Inactive,
    },
    Product {
        id: 21452,
        text_id: "P9X8Z0",
        code: "DAT-MTN-002",
        name: "Daily bundle",
        short_name: "Daily",
        family: Family::Data,
        category: 1002,
        brand: 1,
        min_cents: 1000,
        max_cents: 1000,
        pin_less: true,
        aggregator: "FLASH",
        standing: Standing::Nobody,
    },
    Product {
        id: 21500,
        text_id: "P9X8Z1",
        code: "ELE-FLS-001",
        name: "R10 - R3500 FLASH Group Electricity",
        short_name: "FLASH Group",
        family: Family::Electricity,
        category: 1003,
        brand: 3,
        min_cents: 1000,
        max_cents: 350_000,
        pin_less: false,
        aggregator: "BLUE_LABEL",
        standing: Standing::Everyone,
    },
    Product {
        id: 21600,
        text_id: "P9X8Z2",
        code: "VCH-STM-001",
        name: "Steam Voucher",
        short_name: "Steam",
        family: Family::Voucher,
        category: 1004,
        brand: 4,
        min_cents: 5000,
        max_cents: 200_000,
        pin_less: false,
        aggregator: "BLUE_LABEL",
        standing: Standing::NotTheOther,
    },
    Product {
        id: 21700,
        text_id: "P9X8Z3",
        code: "BIL-DST-001",
        name: "DStv Bill Payment",
        short_name: "DStv",
        family: Family::Bill,
        category: 1005,
        brand: 5,
        min_cents: 1000,
        max_cents: 500_000,
        pin_less: false,
        aggregator: "BLUE_LABEL",
        standing: Standing::NotTheOther,
    },
];

/// The documented test meters, and one from a sample. Which of them does what is documented for two only.
pub(super) const METERS: [&str; 15] = [
    "000001020001",
    "00001100000",
    FREE_ONLY_METER,
    WATER_METER,
    "00000100000",
    "00000100100",
    "00000110000",
    "00000100110",
    "00000110100",
    "00200100000",
    "0020110000",
    "00201100000",
    "00000210011",
    "00000130000",
    "0008958825192",
];
/// Gives a free token only (documented).
pub(super) const FREE_ONLY_METER: &str = "00001000000";
/// A water meter (documented).
pub(super) const WATER_METER: &str = "000000000100";
/// Gives a free token beside the paid one; that it is this meter is assumed.
pub(super) const FREE_TOO_METER: &str = "00001100000";
/// The documented bill accounts.
pub(super) const BILL_ACCOUNTS: [&str; 2] = ["81715524", "93888880"];

pub(super) fn product(code: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.code == code)
}

pub(super) fn category(id: i64) -> Option<&'static Category> {
    CATEGORIES.iter().find(|category| category.id == id)
}

impl Product {
    pub(super) fn category_name(&self) -> &'static str {
        category(self.category).map_or("", |category| category.name)
    }

    pub(super) fn brand(&self) -> &'static Brand {
        &BRANDS[self.brand]
    }

    pub(super) fn is_fixed(&self) -> bool {
        self.min_cents == self.max_cents
    }

    /// Whether a merchant may buy it; sub-merchants share their parent's list.
    pub(super) fn is_open_to(&self, account: usize) -> bool {
        match self.standing {
            Standing::Everyone => true,
            Standing::NotTheOther => account != super::accounts::OTHER_MERCHANT,
            Standing::Nobody | Standing::Inactive => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_has_its_category_and_brand() {
        for product in &PRODUCTS {
            assert!(category(product.category).is_some(), "{}", product.code);
            assert!(product.brand < BRANDS.len(), "{}", product.code);
            assert!(product.min_cents <= product.max_cents, "{}", product.code);
        }
    }
}
