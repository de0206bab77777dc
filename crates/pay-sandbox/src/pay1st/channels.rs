//! The payment methods of each country: names and test data as published, ids and codes mostly ours.

/// One payment method of one country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) country: &'static str,
    pub(super) currency: &'static str,
    pub(crate) group: Group,
    /// The outer id, `channels[].id`: what the sandbox takes as `channelId` (G5).
    pub(crate) id: u32,
    /// The inner id, `channels[].channel.id`.
    pub(super) inner_id: u32,
    pub(crate) name: &'static str,
    pub(super) code: &'static str,
    /// The published test data of this method.
    pub(crate) test_data: &'static str,
}

/// What a method list puts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Card,
    Wallet,
    Bank,
    Voucher,
}

impl Group {
    pub(super) const ALL: [Self; 4] = [Self::Card, Self::Wallet, Self::Bank, Self::Voucher];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Card => "Credit / Debit Card",
            Self::Wallet => "Wallet",
            Self::Bank => "Bank",
            Self::Voucher => "Voucher",
        }
    }

    pub(super) fn id(self) -> i64 {
        self as i64 + 1
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Card => "CARD",
            Self::Wallet => "WALLET",
            Self::Bank => "BANK",
            Self::Voucher => "VOUCHER",
        }
    }

    pub(super) fn image(self) -> &'static str {
        match self {
            Self::Card => "visa_mastercard.svg",
            Self::Wallet => "wallet.svg",
            Self::Bank => "bank.svg",
            Self::Voucher => "voucher.svg",
        }
    }
}

const EG_CARDS: &str = "4111 1111 1111 1111, 12/25, 123; 5343 2088 5018 5202, 12/25, 244";
const GH_KE_CARDS: &str =
    "4111 1111 1111 1111, 12/25, 123; 5343 2088 5018 5202, 12/25, 244; 4084 0840 8408 4081, 06/25, 408";
const MA_CARDS: &str = "4000 0000 0000 0010, 12/31, 000, phone 520123456; 5413 3300 0200 1429, 12/25, 360; \
                        5438 8980 1456 0229, 10/31, 564, phone 520123456";
const ZA_CARDS: &str = "4109 2302 0000 2009, 12/31, 531, PIN test123; 4483 8700 0026 7447, 04/28, 470; \
                        4483 8700 0026 7462, 04/28, 382";

const NOTHING: &str = "nothing needed";

/// Every method. The Nigerian card has the ids of the documented example.
pub(super) const CHANNELS: [Channel; 14] = [
    channel("EG", "EGP", Group::Card, 20, 61, "Card", "CARD", EG_CARDS),
    channel(
        "EG",
        "EGP",
        Group::Wallet,
        21,
        62,
        "Vodafone Wallet",
        "VODAFONE",
        "phone 01010101010, PIN 123456, OTP 123456",
    ),
    channel("GH", "GHS", Group::Card, 30, 63, "Card", "CARD", GH_KE_CARDS),
    channel("KE", "KES", Group::Card, 40, 64, "Card", "CARD", GH_KE_CARDS),
    channel("MA", "MAD", Group::Card, 50, 65, "Card", "CARD", MA_CARDS),
    channel("NG", "NGN", Group::Card, 2, 8, "Visa", "VISA", "4084 0840 8408 4081, 06/25, 408"),
    channel("NG", "NGN", Group::Card, 3, 9, "Verve", "VERVE", "5078 5078 5078 5078 12, 06/25, 081"),
    channel("NG", "NGN", Group::Wallet, 4, 108, "Opay QR", "OPAY", NOTHING),
    channel("NG", "NGN", Group::Wallet, 5, 109, "Paga", "PAGA", "phone 8132790865, password Carryfirst"),
    channel("NG", "NGN", Group::Wallet, 6, 110, "Palmpay", "PALMPAY", "phone 8108080730, PIN 2580, OTP 1234"),
    channel("NG", "NGN", Group::Bank, 7, 111, "Kuda Bank", "KUDA", "phone 234 8100000000, payid 123456"),
    channel("ZA", "ZAR", Group::Card, 70, 66, "Card", "CARD", ZA_CARDS),
    channel("ZA", "ZAR", Group::Bank, 71, 67, "Instant EFT", "EFT", NOTHING),
    channel(
        "ZA",
        "ZAR",
        Group::Voucher,
        72,
        68,
        "1ForYouVoucher",
        "ONE_FOR_YOU",
        "codes from the Implementation Manager",
    ),
];

#[allow(clippy::too_many_arguments, reason = "a table needs rows, and rows need columns")]
const fn channel(
    country: &'static str,
    currency: &'static str,
    group: Group,
    id: u32,
    inner_id: u32,
    name: &'static str,
    code: &'static str,
    test_data: &'static str,
) -> Channel {
    Channel { country, currency, group, id, inner_id, name, code, test_data }
}

/// The methods of a country, grouped; empty for a country without any.
pub(super) fn groups(country: &str) -> Vec<(Group, Vec<&'static Channel>)> {
    let of = |group: Group| CHANNELS.iter().filter(move |channel| channel.country == country && channel.group == group);
    let groups = Group::ALL.into_iter().map(|group| (group, of(group).collect::<Vec<_>>()));
    groups.filter(|(_, channels)| !channels.is_empty()).collect()
}

/// The method with this outer id, if the country has it.
pub(super) fn find(country: &str, id: u32) -> Option<&'static Channel> {
    CHANNELS.iter().find(|channel| channel.country == country && channel.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_id_can_be_taken_for_another() {
        let outer: HashSet<u32> = CHANNELS.iter().map(|channel| channel.id).collect();
        let inner: HashSet<u32> = CHANNELS.iter().map(|channel| channel.inner_id).collect();
        assert_eq!((outer.len(), inner.len()), (CHANNELS.len(), CHANNELS.len()));
        assert!(outer.is_disjoint(&inner));
    }

    #[test]
    fn every_country_of_the_list_has_methods() {
        for country in ["ZA", "NG", "KE", "EG", "MA", "GH"] {
            assert!(!groups(country).is_empty(), "{country}");
        }
        assert!(groups("DE").is_empty());
        assert_eq!(find("NG", 2).unwrap().name, "Visa");
        assert_eq!(find("ZA", 2), None);
    }
}
