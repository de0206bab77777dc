//! The accounts of this sandbox with their keys, receivers and Pix keys: fixtures, worthless anywhere else.

use crate::Balance;
use crate::money::Cents;
use crate::payagency::holds_a_card;
use serde::Serialize;
use std::fmt;

/// Where an access key stands. Only `Pending` is a word of the provider's; what an approved key is called is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[allow(clippy::exhaustive_enums)]
pub enum KeyStatus {
    /// Made, and not approved yet.
    Pending,
    /// Approved.
    Active,
}

/// An access key with its secret. Belongs to one account.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessKey {
    /// The key.
    pub access_key: String,
    /// The secret.
    pub secret: String,
    /// Where it stands.
    pub status: KeyStatus,
    /// The account's id.
    pub account: String,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("account", &self.account)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// One account of a merchant.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) id: &'static str,
    /// What its pages call it.
    pub(super) name: &'static str,
    /// The first claim of its tokens.
    pub(super) uid: &'static str,
    pub(super) webhook_key: String,
    /// What withdrawals are paid from. Assumed: no document speaks of a balance.
    pub(super) wallet: Cents,
    /// Everything ever paid in.
    deposited: Cents,
}

impl Account {
    pub(super) fn wallet_id(&self) -> String {
        format!("{}-wallet", self.id)
    }

    /// Money that came in from outside, or (negative) went back there.
    pub(super) fn pay_in(&mut self, cents: Cents) {
        self.wallet += cents;
        self.deposited += cents;
    }

    /// Sets what is left, as a deposit or a withdrawal.
    pub(super) fn set_wallet(&mut self, cents: Cents) {
        self.pay_in(cents - self.wallet);
    }

    pub(super) fn balance(&self) -> Balance {
        Balance { account: self.wallet_id(), float_cents: self.wallet, deposited_cents: self.deposited }
    }
}

/// The account of most examples.
pub(super) const MAIN: &str = "PFA01";
/// Another account, whose wallet runs out soon.
pub(super) const SECOND: &str = "PFA02";
/// An account whose only key nobody has approved yet.
pub(super) const NEW: &str = "PFA03";

/// 64 hexadecimal digits like the provider's sample: a client that decodes them signs wrongly.
pub(super) fn accounts() -> Vec<Account> {
    let account = |id, name, uid, webhook_key: &str, wallet| Account {
        id,
        name,
        uid,
        webhook_key: webhook_key.to_owned(),
        wallet,
        deposited: wallet,
    };
    vec![
        account(
            MAIN,
            "Sandbox Loja",
            "5b0a8f5c-0d4e-4c1b-9a7f-2f6d1c3e8a10",
            "a9f3c07be15d48f2b6ad90ce73f1d5a8c4be62f09d7a3e51fb8c6d20ea97c3f4",
            100_000_000,
        ),
        account(
            SECOND,
            "Sandbox Loja Dois",
            "7c1d9e6b-4f2a-4b8d-8c3e-9a5b0f7d6e21",
            "d2e8b41fa7c95e03fb6d8ca1e47b9f2c05ad3e76bf18c9d4ae52fb07c61de8a3",
            5_000,
        ),
        account(
            NEW,
            "Sandbox Loja Nova",
            "1e6f3a9d-8b5c-4d7e-b2f4-6c8a7e9b0d32",
            "c7a5f2e90bd86c3fae41b7d5f28e6a0cb93fd1e48a7c5b02ef69ad3c81f4be70",
            0,
        ),
    ]
}

/// The keys at the start: two of the main account, the second of them for payments to companies.
pub(super) fn access_keys() -> Vec<AccessKey> {
    let key = |name: &str, account: &str, status| AccessKey {
        access_key: format!("sandbox-pagfast-{name}access-key"),
        secret: format!("sandbox-pagfast-{name}secret"),
        status,
        account: account.to_owned(),
    };
    vec![
        key("", MAIN, KeyStatus::Active),
        key("companies-", MAIN, KeyStatus::Active),
        key("second-", SECOND, KeyStatus::Active),
        key("pending-", NEW, KeyStatus::Pending),
    ]
}

/// A company that the merchant registered in the panel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receiver {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) status: &'static str,
}

/// The statuses of receivers.
pub(super) const RECEIVER_STATUSES: [&str; 3] = ["Pending", "Approved", "Rejected"];

const fn receiver(id: &'static str, name: &'static str, status: &'static str) -> Receiver {
    Receiver { id, name, status }
}

/// Enough for two pages of ten.
pub(super) const RECEIVERS: [Receiver; 12] = [
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b01", "Gráfica Aurora", "Approved"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b02", "Transportes Ipê", "Approved"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b03", "Café do Porto", "Pending"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b04", "Estúdio Jacarandá", "Approved"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b05", "Oficina Sabiá", "Rejected"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b06", "Papelaria Lua", "Approved"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b07", "Limpeza Clara", "Approved"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b08", "Segurança Farol", "Pending"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b09", "Jardins do Sul", "Approved"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b10", "Móveis Peroba", "Approved"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b11", "Tecidos Marajó", "Rejected"),
    receiver("e3a1f0c2-6b7d-4a58-9c41-0d2e5f6a7b12", "Contábil Horizonte", "Approved"),
];

/// A Pix key whose owner the sandbox knows. `owner`: a CPF; `None`: the key belongs to nobody.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PixKey {
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) owner: Option<String>,
}

/// One that belongs to somebody else, whoever is to be paid, and one that belongs to nobody.
pub(super) fn pix_keys() -> Vec<PixKey> {
    let key = |value: &str, owner: Option<&str>| PixKey {
        kind: "EMAIL".to_owned(),
        value: value.to_owned(),
        owner: owner.map(str::to_owned),
    };
    vec![key("someone.else@example.com", Some(SOMEONE)), key("nobody@example.com", None)]
}

/// A made-up CPF whose check digits are right: of whoever pays for somebody else.
pub(super) const SOMEONE: &str = "31415926590";
/// The name that goes with it.
pub(super) const SOMEONE_NAME: &str = "Outra Pessoa Sandbox";
/// A made-up CNPJ, of the company that takes deposits.
pub(super) const COMPANY: &str = "27182818000129";
/// The name that goes with it.
pub(super) const COMPANY_NAME: &str = "Recebedora Sandbox Ltda";

/// A random UUID of version 4. Its longest run of digits is too short for a card number.
pub(super) fn uuid() -> String {
    let digits = |count: usize| -> String { (0..count).map(|_| fastrand::digit(16)).collect() };
    let variant = ['8', '9', 'a', 'b'][fastrand::usize(..4)];
    format!("{}-{}-4{}-{variant}{}-{}", digits(8), digits(4), digits(3), digits(3), digits(12))
}

/// 32 hexadecimal digits in which nobody finds a card number.
pub(super) fn voucher() -> String {
    loop {
        let digits: String = (0..32).map(|_| fastrand::digit(16)).collect();
        if !holds_a_card(&digits) {
            return digits;
        }
    }
}

/// Whether a text is eleven digits whose last two are the check digits of a CPF.
pub(super) fn is_cpf(text: &str) -> bool {
    const WEIGHTS: [u32; 10] = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
    let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let check = |length: usize| {
        let sum: u32 =
            digits.iter().take(length).zip(WEIGHTS[10 - length..].iter()).map(|(it, weight)| it * weight).sum();
        digits.get(length) == Some(&(sum * 10 % 11 % 10))
    };
    text.len() == 11 && digits.len() == 11 && check(9) && check(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_fixture_and_no_id_could_be_a_card_number() {
        let mut all: Vec<String> =
            accounts().iter().flat_map(|it| [it.uid.to_owned(), it.webhook_key.clone()]).collect();
        all.extend(RECEIVERS.iter().map(|receiver| receiver.id.to_owned()));
        all.extend([SOMEONE, COMPANY].map(str::to_owned));
        all.extend((0..2_000).flat_map(|_| [uuid(), voucher()]));
        for text in all {
            assert!(!holds_a_card(&text), "{text}");
        }
    }

    #[test]
    fn ids_are_uuids_of_version_four() {
        for _ in 0..200 {
            let id = uuid();
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert!(id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
    }

    #[test]
    fn check_digits_are_known() {
        for good in [SOMEONE, "52998224725", "00000000191"] {
            assert!(is_cpf(good), "{good}");
        }
        for wrong in ["", "5299822472", "52998224724", "529.982.247-25", "5299822472x", "529982247251"] {
            assert!(!is_cpf(wrong), "{wrong}");
        }
    }
}
