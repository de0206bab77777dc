//! What can be chosen where sources about Paga Connect contradict each other, or say nothing.

/// How client id and secret go into `Authorization: Basic`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BasicEncoding {
    /// As they are, `@ % # = +` included: all five of Paga's libraries do so.
    #[default]
    Raw,
    /// Form-encoded first, as RFC 6749 (section 2.3.1) has it.
    Rfc6749,
}

/// Where the parameters of a token call travel. There is no second try with the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenParameters {
    /// In a form body: RFC 6749, and two third-party integrations.
    #[default]
    Form,
    /// In the query of the POST, percent-encoded: all five of Paga's libraries (which do not encode). Servers and proxies write queries into
    /// their logs, with codes and refresh tokens in them: only where a form is refused.
    Query,
}

/// How a merchant payment is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PaymentForm {
    /// Values in the path, without a version: every library of Paga's.
    #[default]
    Path,
    /// Values in the path below `/v3`: version 2 of the page.
    PathV3,
    /// A form body on the bare path: one third-party integration.
    Body,
}

/// What happens to a value with a dot that stands last in a path: servers of a kind that Paga's may be cut it there (assumed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum DottedValue {
    /// It is sent as it is, with one `warn` event, `paga_connect.dotted_path_value`.
    #[default]
    Warn,
    /// A merchant payment goes as a form body; with other operations there is only the warning.
    SendForm,
}

/// Which references are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum References {
    /// 1 to 50 of `A-Z a-z 0-9 _ -`: the length is the Business API's, the alphabet fits a path (assumed).
    #[default]
    Strict,
    /// Whatever can stand in a path.
    Relaxed,
}

/// How this client asks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub(crate) basic: BasicEncoding,
    pub(crate) parameters: TokenParameters,
    pub(crate) payment: PaymentForm,
    pub(crate) dotted: DottedValue,
    pub(crate) references: References,
}
