//! People and Pix keys, which do not print.

use crate::generated::types::{PixKeyFields, PixKeyType, PixPayer, PixRecipient};
use std::fmt;
use std::str::FromStr;

/// The CPF of a person: eleven digits. It does not print.
///
/// Punctuation (`123.456.789-09`) is dropped, because PagFast takes digits only. Check digits are PagFast's to judge: its own samples
/// have wrong ones.
#[derive(Clone, PartialEq, Eq)]
pub struct Cpf(String);

/// The text is not eleven digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CpfError;

impl fmt::Display for CpfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CPF has eleven digits, with or without its dots and dash")
    }
}

impl std::error::Error for CpfError {}

impl Cpf {
    /// A CPF, with or without its punctuation.
    ///
    /// # Errors
    /// Where it is not eleven digits.
    pub fn new(text: &str) -> Result<Self, CpfError> {
        let digits: String = text.trim().chars().filter(|c| !matches!(c, '.' | '-')).collect();
        let fits = digits.len() == 11 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self(digits)) } else { Err(CpfError) }
    }

    /// The eleven digits. They are personal.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Cpf {
    type Err = CpfError;

    fn from_str(text: &str) -> Result<Self, CpfError> {
        Self::new(text)
    }
}

impl fmt::Debug for Cpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cpf([REDACTED])")
    }
}

/// Who is to pay a deposit. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Payer {
    pub(crate) cpf: Cpf,
    pub(crate) name: Option<String>,
}

impl Payer {
    /// A payer by CPF.
    pub fn new(cpf: Cpf) -> Self {
        Self { cpf, name: None }
    }

    /// With a name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    pub(crate) fn pix(&self) -> PixPayer {
        PixPayer { name: self.name.clone(), cpf: self.cpf.0.clone() }
    }
}

impl fmt::Debug for Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payer([REDACTED])")
    }
}

/// A Pix key: the account that is paid. Only its kind prints.
///
/// How telephone numbers, e-mail addresses and random keys are written is documented nowhere: the value is sent as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct PixKey {
    kind: PixKeyType,
    value: String,
}

impl PixKey {
    /// The CPF of its owner.
    pub fn cpf(cpf: &Cpf) -> Self {
        Self::other(PixKeyType::Cpf, cpf.expose())
    }

    /// An e-mail address.
    pub fn email(address: impl Into<String>) -> Self {
        Self::other(PixKeyType::Email, address)
    }

    /// A telephone number.
    pub fn phone(number: impl Into<String>) -> Self {
        Self::other(PixKeyType::Phone, number)
    }

    /// A random key, `EVP` (chave aleatória).
    pub fn random(key: impl Into<String>) -> Self {
        Self::other(PixKeyType::Evp, key)
    }

    /// A key of any kind: the sister platform takes other spellings, and PagFast may add kinds.
    pub fn other(kind: impl Into<PixKeyType>, value: impl Into<String>) -> Self {
        Self { kind: kind.into(), value: value.into() }
    }

    /// What it is.
    pub fn kind(&self) -> &PixKeyType {
        &self.kind
    }
}

impl fmt::Debug for PixKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PixKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Who is paid by a withdrawal, and to which account. It does not print.
///
/// The CPF is the person and the key is the account: with a CPF key both are the same number. Who owns the key is the bank's to say.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    name: String,
    cpf: Cpf,
    key: PixKey,
}

impl Recipient {
    /// A person by name and CPF, paid to this key.
    pub fn new(name: impl Into<String>, cpf: Cpf, key: PixKey) -> Self {
        Self { name: name.into(), cpf, key }
    }

    /// A person by name and CPF, paid to the account whose key is that CPF.
    pub fn by_cpf(name: impl Into<String>, cpf: Cpf) -> Self {
        let key = PixKey::cpf(&cpf);
        Self::new(name, cpf, key)
    }

    pub(crate) fn check(&self) -> Result<(), &'static str> {
        match (self.name.trim(), self.key.value.trim(), self.key.kind.as_str()) {
            ("", ..) => Err("the recipient's name is empty"),
            (_, "", _) => Err("the Pix key is empty"),
            (.., "") => Err("the kind of the Pix key is empty"),
            _ => Ok(()),
        }
    }

    pub(crate) fn person(&self) -> PixRecipient {
        PixRecipient { name: self.name.clone(), cpf: self.cpf.0.clone() }
    }

    pub(crate) fn key(&self) -> PixKeyFields {
        PixKeyFields { kind: self.key.kind.clone(), value: self.key.value.clone() }
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpf_is_eleven_digits_whatever_its_punctuation() {
        for text in ["12345678909", "123.456.789-09", " 12345678909 ", "00000000000"] {
            assert_eq!(Cpf::new(text).unwrap().expose().len(), 11, "{text}");
        }
        for text in [
            "",
            "1234567890",
            "123456789090",
            "1234567890a",
            "123 456 789 09",
            "１２３４５６７８９０９",
            "12.345.678/0001-95",
        ] {
            assert_eq!(Cpf::new(text), Err(CpfError), "{text}");
        }
    }
}
