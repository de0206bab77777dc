//! Numbers that tell claims apart, from the operating system's generator alone.

/// One that no other process has: claims fence by it, and machines that were started from one snapshot go on with the same numbers in every
/// generator that lives in memory.
pub(crate) fn nonce() -> Result<u64, String> {
    getrandom::u64().map_err(|_| "the operating system gives no random numbers".to_owned())
}
