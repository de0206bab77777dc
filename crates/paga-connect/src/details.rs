//! What a user shares: three ways to ask, and members that no model names.

use crate::generated::operations::{self, USER_DETAILS};
use crate::generated::types::{UserDetails, UserDetailsRequest};
use crate::judge::DETAILS;
use crate::path;
use crate::result::OperationResult;
use crate::style::Style;
use http::header::CONTENT_TYPE;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::{Answer, Parts, members};
use pay_core::{Amount, SecretString};
use std::fmt;

/// How details are asked for: Paga's libraries show three ways.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum DetailsShape {
    /// Without anything: three of five libraries, the newest among them.
    #[default]
    Bare,
    /// With a reference in the path: the PHP library.
    Path {
        /// Your own id of this question.
        reference: String,
    },
    /// With a reference and the client id in a JSON body: the Java library.
    Body {
        /// Your own id of this question.
        reference: String,
    },
}

/// What a user shares.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserProfile {
    /// The members that are known.
    pub details: UserDetails,
    /// All others, as raw JSON text: the name under which the mobile number comes is unknown. They are personal.
    pub extra: Extra,
}

/// Members that no model names, by name, as raw JSON text.
#[derive(Clone, Default)]
pub struct Extra(Vec<(String, SecretString)>);

impl Extra {
    /// One of them.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        use pay_core::ExposeSecret as _;
        let pairs =
            |extra: &Self| extra.iter().map(|(n, v)| (n.to_owned(), v.expose_secret().to_owned())).collect::<Vec<_>>();
        pairs(self) == pairs(other)
    }
}

impl Eq for Extra {}

/// Names alone.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl UserProfile {
    /// The balance in naira, where the provider's text is a plain decimal. Its form is documented nowhere.
    pub fn balance(&self) -> Option<Amount> {
        self.details.account_balance.as_ref()?.as_str().parse().ok()
    }

    pub(crate) fn read(answer: &Answer) -> Result<Self, DecodeError> {
        let missing = || DecodeError::new("details", "is missing");
        let result = OperationResult::read(&answer.body, DETAILS)?;
        let raw = result.object("details").ok_or_else(missing)?.get().as_bytes();
        let details: UserDetails = json(raw)?;
        let extra = members(raw)?.into_iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()));
        let extra = extra.map(|(name, value)| (name, SecretString::from(value.get().to_owned())));
        Ok(Self { details, extra: Extra(extra.collect()) })
    }
}

const KNOWN: [&str; 8] =
    ["accountStatus", "firstName", "lastName", "username", "email", "accountBalance", "publicId", "authorities"];

impl fmt::Debug for UserProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserProfile").field("details", &self.details).field("extra", &self.extra).finish()
    }
}

impl DetailsShape {
    pub(crate) fn parts(&self, style: Style, client_id: &str) -> Parts {
        // Two of the libraries say that the body, which is empty, is JSON.
        let bare = || Parts::new(&USER_DETAILS).header(CONTENT_TYPE, "application/json");
        match self {
            Self::Bare => bare(),
            Self::Path { reference } | Self::Body { reference } => {
                if let Some(why) = path::reference_mistake(style.references, reference) {
                    return bare().mistake(format!("the reference {why}"));
                }
                let parts = match self {
                    Self::Body { .. } => operations::user_details(&UserDetailsRequest {
                        reference_number: reference.clone(),
                        public_id: client_id.to_owned(),
                    }),
                    _ => {
                        if path::could_be_cut(reference) {
                            path::warn_of_dot("user_details", reference);
                        }
                        operations::user_details_by_path(reference)
                    }
                };
                parts.reference(reference)
            }
        }
    }
}
